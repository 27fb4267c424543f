using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Columns that the log does not have, and the database not any more: no body tells them as nothing.</summary>
public sealed class AbsentColumnTests : IAsyncLifetime
{
    private LoggedDatabase<Press> _log = null!;

    public async ValueTask InitializeAsync() =>
        _log = await LoggedDatabase<Press>.CreateAsync(options => options.Model<Article>().Model<Letter>());

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Those_that_the_database_generates_are_read_and_what_is_deleted_has_its_key_alone()
    {
        await _log.ExecuteAsync("""INSERT INTO "Articles" ("Id", "Title") VALUES (1, 'long'), (2, 'gone')""");
        await _log.ExecuteAsync("""DELETE FROM "Articles" WHERE "Id" = 2""");

        Assert.Equal(
            [
                """article__created 1 {"id":1,"length":4,"title":"long"}""",
                """article__created 2 {"id":2}""",
                """article__deleted 2 {"id":2}""",
            ],
            await _log.TellAsync());
    }

    [Fact]
    public async Task Those_that_were_dropped_park_what_was_written_since_and_leave_a_delete_its_key()
    {
        await _log.ExecuteAsync(
            """INSERT INTO "Letters" ("Id", "From_Name", "Text") VALUES (1, 'a', 'b')""",
            """ALTER TABLE "Letters" DROP COLUMN "Text" """,
            """INSERT INTO "Letters" ("Id", "From_Name") VALUES (2, 'c')""",
            """DELETE FROM "Letters" WHERE "Id" = 1""",
            """ALTER TABLE "Letters" DROP COLUMN "From_Name" """,
            """INSERT INTO "Letters" ("Id") VALUES (3)""");

        Assert.Equal(
            ["""letter__created 1 {"id":1,"text":"b","from":{"name":"a"}}""", """letter__deleted 1 {"id":1}"""], await _log.TellAsync());
        var parked = await _log.ParkedAsync();
        Assert.Equal(["2", "3"], parked.Select(one => one.Event.Key));
        Assert.All(parked, one => Assert.Contains("cannot be read from the database", one.Error, StringComparison.Ordinal));
    }

    private sealed class Article
    {
        public int Id { get; set; }

        public string Title { get; set; } = "";

        public int Length { get; set; }
    }

    private sealed class Letter
    {
        public int Id { get; set; }

        public string? Text { get; set; }

        public Person? From { get; set; }
    }

    private sealed class Person
    {
        public string Name { get; set; } = "";
    }

    private sealed class Press(DbContextOptions<Press> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Article>().ToTable("Articles").Property(article => article.Length)
                .HasComputedColumnSql("length(\"Title\")", stored: true);
            modelBuilder.Entity<Letter>().ToTable("Letters").OwnsOne(letter => letter.From);
        }
    }
}
