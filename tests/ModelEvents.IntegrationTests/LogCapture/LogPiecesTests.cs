using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Transactions that are read in several pieces, and what has more events or tables than one.</summary>
public sealed class LogPiecesTests : IAsyncLifetime
{
    private LoggedDatabase<Depot> _log = null!;

    public async ValueTask InitializeAsync() => _log = await LoggedDatabase<Depot>.CreateAsync(options => options
        .Model<Item>().Model<Work>().Model<Part>()
        .Model<Part1>().Model<Part2>().Model<Part3>().Model<Part4>().Model<Part5>().Model<Part6>().Model<Part7>().Model<Part8>());

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Theory]
    [InlineData("SELECT pg_logical_emit_message(true, 'model_events_origin', 'import')")]
    [InlineData("TRUNCATE \"Works\" CASCADE")]
    public async Task Rows_of_a_large_transaction_keep_their_order_whatever_is_between_them(string between)
    {
        await _log.ExecuteAsync(
            $"""
            BEGIN;
            INSERT INTO "Items" VALUES (1, 0);
            {between};
            DO $$ BEGIN FOR i IN 1..1500 LOOP UPDATE "Items" SET "Count" = i; END LOOP; END $$;
            COMMIT;
            """);

        var told = await _log.TellAsync();
        Assert.Equal(
            Enumerable.Range(0, 1501).Select(count => $$"""{"id":1,"count":{{count}}}"""),
            told.Where(one => one.StartsWith("item__", StringComparison.Ordinal)).Select(one => one.Split(' ')[2]));
    }

    [Fact]
    public async Task An_instance_in_several_tables_is_created_and_deleted_once_in_a_large_transaction()
    {
        const int Many = 400;
        await _log.ExecuteAsync(
            $"""
            BEGIN;
            INSERT INTO "Works" SELECT number, 'a' FROM generate_series(1, {Many}) AS number;
            INSERT INTO "Films" SELECT number, 3 FROM generate_series(1, {Many}) AS number;
            COMMIT;
            """);
        var created = await _log.TellAsync();
        await _log.ExecuteAsync("""BEGIN; DELETE FROM "Films"; DELETE FROM "Works"; COMMIT;""");
        var deleted = await _log.TellAsync();

        Assert.Equal("""work__created 400 {"id":400,"name":"a","length":3}""", created[Many - 1]);
        var keys = Enumerable.Range(1, Many).ToList();
        Assert.Equal(keys.Select(key => $"work__created {key}"), created.Select(NameAndKey));
        Assert.Equal(keys.Select(key => $"work__deleted {key}"), deleted.Select(NameAndKey));
    }

    [Fact]
    public async Task An_update_of_tables_with_different_replica_identities_does_not_say_what_changed()
    {
        await _log.ExecuteAsync("""INSERT INTO "Works" VALUES (1, 'a'); INSERT INTO "Films" VALUES (1, 3)""");
        await _log.TellAsync();
        await _log.ExecuteAsync(
            """ALTER TABLE "Films" REPLICA IDENTITY DEFAULT""",
            """BEGIN; UPDATE "Works" SET "Name" = 'b'; UPDATE "Films" SET "Length" = 4; COMMIT;""");

        Assert.Equal(["""work__updated 1 {"id":1,"name":"b","length":4} *"""], await _log.TellAsync());
        Assert.Empty(await _log.ParkedAsync());
    }

    [Fact]
    public async Task A_truncated_table_of_many_models_is_told_for_each_before_the_rows_that_follow()
    {
        await _log.ExecuteAsync(
            """
            BEGIN;
            TRUNCATE "Parts";
            INSERT INTO "Parts" ("Id", "Discriminator") VALUES (1, 'Part3'), (2, 'Part');
            COMMIT;
            """);

        var told = await _log.TellAsync();
        Assert.Equal(9, told.Count(one => one.Contains("__truncated", StringComparison.Ordinal)));
        Assert.Equal(["part3__created 1", "part__created 2"], told[9..].Select(NameAndKey));
    }

    private static string NameAndKey(string told) => string.Join(' ', told.Split(' ')[..2]);

    private sealed class Item
    {
        public int Id { get; set; }

        public int Count { get; set; }
    }

    private class Work
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";
    }

    private sealed class Film : Work
    {
        public int Length { get; set; }
    }

    private class Part
    {
        public int Id { get; set; }
    }

    private sealed class Part1 : Part;

    private sealed class Part2 : Part;

    private sealed class Part3 : Part;

    private sealed class Part4 : Part;

    private sealed class Part5 : Part;

    private sealed class Part6 : Part;

    private sealed class Part7 : Part;

    private sealed class Part8 : Part;

    private sealed class Depot(DbContextOptions<Depot> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Item>().ToTable("Items").Property(item => item.Id).ValueGeneratedNever();
            modelBuilder.Entity<Work>().ToTable("Works").Property(work => work.Id).ValueGeneratedNever();
            modelBuilder.Entity<Film>().ToTable("Films");
            modelBuilder.Entity<Part>().ToTable("Parts");
            foreach (var part in new[]
            {
                typeof(Part1), typeof(Part2), typeof(Part3), typeof(Part4),
                typeof(Part5), typeof(Part6), typeof(Part7), typeof(Part8),
            })
                modelBuilder.Entity(part);
        }
    }
}
