using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Names that the database has cut off, as they are longer than it keeps.</summary>
public sealed class LongNameTests
{
    private static readonly string Schema = new('s', 70);
    private static readonly string Table = new('é', 40);
    private static readonly string Column = $"{new string('c', 62)}éc";
    private static readonly string Key = new('k', 64);
    private static readonly string Json = new('j', 64);

    [Fact]
    public async Task Tables_and_columns_are_found_by_what_is_left_of_their_names()
    {
        await using var log = await LoggedDatabase<Signs>.CreateAsync(options => options.Model<Sign>());

        await log.ExecuteAsync(
            $$"""
            INSERT INTO "{{Schema}}"."{{Table}}" ("{{Key}}", "{{Column}}", "{{Json}}") VALUES (1, 'a', '{"Name": "b"}')
            """,
            $"""UPDATE "{Schema}"."{Table}" SET "{Column}" = 'c' """,
            $"""DELETE FROM "{Schema}"."{Table}" """);

        Assert.Equal(
            [
                """sign__created 1 {"id":1,"text":"a","place":{"name":"b"}}""",
                """sign__updated 1 {"id":1,"text":"c","place":{"name":"b"}} text""",
                """sign__deleted 1 {"id":1,"text":"c","place":{"name":"b"}}""",
            ],
            await log.TellAsync());
    }

    private sealed class Sign
    {
        public int Id { get; set; }

        public string Text { get; set; } = "";

        public Place Place { get; set; } = new();
    }

    private sealed class Place
    {
        public string Name { get; set; } = "";
    }

    private sealed class Signs(DbContextOptions<Signs> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Sign>(sign =>
        {
            sign.ToTable(Table, Schema);
            sign.Property(one => one.Id).HasColumnName(Key);
            sign.Property(one => one.Text).HasColumnName(Column);
            sign.OwnsOne(one => one.Place, place => place.ToJson(Json));
        });
    }
}
