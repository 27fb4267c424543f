using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>What the log has of a row before its update or delete is less than the row: nothing is made up for the rest.</summary>
public sealed class ReplicaIdentityTests
{
    private const string Partitions =
        """
        DROP TABLE "Sales";
        CREATE TABLE "Sales" ("Id" int, "Year" int, "Amount" int, "Note" text, PRIMARY KEY ("Id", "Year")) PARTITION BY LIST ("Year");
        CREATE TABLE sales_25 PARTITION OF "Sales" FOR VALUES IN (2025);
        CREATE TABLE sales_26 PARTITION OF "Sales" FOR VALUES IN (2026);
        """;

    [Fact]
    public async Task A_delete_whose_key_the_log_lacks_is_parked_with_what_it_has_and_an_update_is_one()
    {
        await using var log = await LoggedDatabase<Stock>.CreateAsync(
            options => options.Model<Item>(), """CREATE UNIQUE INDEX by_code ON "Items" ("Code")""");
        await log.ExecuteAsync(
            """INSERT INTO "Items" VALUES (7, 'seven', 1), (8, 'eight', 1)""",
            """ALTER TABLE "Items" REPLICA IDENTITY USING INDEX by_code""",
            """UPDATE "Items" SET "Code" = 'ocho' WHERE "Id" = 8""",
            """UPDATE "Items" SET "Count" = 2 WHERE "Id" = 8""",
            """DELETE FROM "Items" WHERE "Id" = 7""",
            """ALTER TABLE "Items" REPLICA IDENTITY FULL""",
            """DELETE FROM "Items" WHERE "Id" = 8""");

        Assert.Equal(
            [
                """item__created 7 {"id":7,"code":"seven","count":1}""",
                """item__created 8 {"id":8,"code":"eight","count":1}""",
                """item__updated 8 {"id":8,"code":"ocho","count":1} *""",
                """item__updated 8 {"id":8,"code":"ocho","count":2} *""",
                """item__deleted 8 {"id":8,"code":"ocho","count":2}""",
            ],
            await log.TellAsync());
        var parked = Assert.Single(await log.ParkedAsync());
        Assert.Equal(("item__deleted", ""), (parked.Event.Name, parked.Event.Key));
        Assert.Contains("'Id'", parked.Error, StringComparison.Ordinal);
        Assert.Contains("REPLICA IDENTITY FULL", parked.Error, StringComparison.Ordinal);
        Assert.Equal(
            """{"table":"Items","row":{"Code":"seven"}}""", WrittenLog<Stock>.TextOf(parked.Event));
    }

    [Fact]
    public async Task Partitions_that_give_less_than_their_table_have_the_key_of_what_is_deleted_and_no_nulls()
    {
        await using var log = await LoggedDatabase<Stock>.CreateAsync(options => options.Model<Sale>(), Partitions);
        await log.ExecuteAsync(
            """CREATE TABLE sales_27 PARTITION OF "Sales" FOR VALUES IN (2027)""",
            """INSERT INTO "Sales" VALUES (1, 2026, 5, 'a'), (2, 2027, 6, 'b'), (3, 2027, 6, 'c')""",
            """UPDATE "Sales" SET "Amount" = 7""",
            """UPDATE "Sales" SET "Id" = 4 WHERE "Id" = 3""",
            """DELETE FROM "Sales" """);

        Assert.Equal(
            [
                """sale__updated 1 {"id":1,"amount":7,"note":"a","year":2026} amount""",
                """sale__updated 2 {"id":2,"amount":7,"note":"b","year":2027} *""",
                """sale__updated 3 {"id":3,"amount":7,"note":"c","year":2027} *""",
                """sale__deleted 3 {"id":3}""",
                """sale__created 4 {"id":4,"amount":7,"note":"c","year":2027}""",
                """sale__deleted 1 {"id":1,"amount":7,"note":"a","year":2026}""",
                """sale__deleted 2 {"id":2}""",
                """sale__deleted 4 {"id":4}""",
            ],
            (await log.TellAsync())[3..]);
    }

    [Fact]
    public async Task A_row_that_moves_to_another_partition_is_one_update()
    {
        await using var log = await LoggedDatabase<Stock>.CreateAsync(options => options.Model<Sale>(), Partitions);
        await log.ExecuteAsync(
            """INSERT INTO "Sales" VALUES (1, 2025, 5, 'a'), (2, 2025, 6, 'b'), (3, 2026, 7, NULL)""",
            """UPDATE "Sales" SET "Year" = 2051 - "Year" + 2000, "Amount" = 9 WHERE "Id" < 3""",
            """BEGIN; DELETE FROM "Sales" WHERE "Id" = 3; INSERT INTO "Sales" VALUES (4, 2026, 7, NULL); COMMIT""",
            """ALTER TABLE sales_26 REPLICA IDENTITY DEFAULT; UPDATE "Sales" SET "Year" = 2025 WHERE "Id" = 4""");

        Assert.Equal(
            [
                """sale__updated 1 {"id":1,"amount":9,"note":"a","year":2026} amount,year""",
                """sale__updated 2 {"id":2,"amount":9,"note":"b","year":2026} amount,year""",
                """sale__deleted 3 {"id":3,"amount":7,"note":null,"year":2026}""",
                """sale__created 4 {"id":4,"amount":7,"note":null,"year":2026}""",
                """sale__updated 4 {"id":4,"amount":7,"note":null,"year":2025} *""",
            ],
            (await log.TellAsync())[3..]);
    }

    [Fact]
    public async Task Rows_that_move_are_one_update_each_however_many_there_are()
    {
        await using var log = await LoggedDatabase<Stock>.CreateAsync(options => options.Model<Sale>(), Partitions);
        await log.ExecuteAsync(
            """INSERT INTO "Sales" SELECT i, 2025, 1, 'x' FROM generate_series(1, 1301) AS i""",
            """BEGIN; DELETE FROM "Sales" WHERE "Id" = 1301; UPDATE "Sales" SET "Year" = 2026; COMMIT""");

        var told = (await log.TellAsync()).Select(one => one.Split(' ')[0]).Skip(1301);

        Assert.Equal([("sale__deleted", 1), ("sale__updated", 1300)], told.CountBy(name => name).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task A_start_refuses_a_replica_identity_that_lacks_what_tells_rows_apart_and_names_the_statement()
    {
        await using var log = await LoggedDatabase<Stock>.CreateAsync(
            options =>
            {
                options.Wal.WholeRows = false;
                options.Model<Item>().Model<Van>().Model<Shelf>();
            },
            """
            CREATE UNIQUE INDEX by_code ON "Items" ("Code");
            ALTER TABLE "Vehicles" REPLICA IDENTITY FULL;
            ALTER TABLE "Boxes" REPLICA IDENTITY FULL;
            """);
        await log.TellAsync();
        await log.ExecuteAsync(
            """
            ALTER TABLE "Items" REPLICA IDENTITY USING INDEX by_code;
            ALTER TABLE "Vehicles" REPLICA IDENTITY DEFAULT;
            ALTER TABLE "Boxes" REPLICA IDENTITY DEFAULT;
            """);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(log.TellAsync);

        Assert.Contains("'public.Items' lacks 'Id'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'public.Vehicles' lacks 'Discriminator'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'public.Boxes' lacks 'ShelfId'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'public.Shelves' lacks", refused.Message, StringComparison.Ordinal);
        var statements = refused.Message.Split("or run \"").Skip(1).Select(text => text[..text.LastIndexOf("\".", StringComparison.Ordinal)]);
        await log.ExecuteAsync([.. statements]);
        await log.ExecuteAsync("""INSERT INTO "Items" VALUES (1, 'a', 1); DELETE FROM "Items" """);
        Assert.Equal(
            ["""item__created 1 {"id":1,"code":"a","count":1}""", """item__deleted 1 {"id":1,"code":"a","count":1}"""],
            await log.TellAsync());
    }

    private sealed class Item
    {
        public int Id { get; set; }

        public string Code { get; set; } = "";

        public int Count { get; set; }
    }

    private sealed class Sale
    {
        public int Id { get; set; }

        public int Amount { get; set; }

        public string? Note { get; set; }

        public int Year { get; set; }
    }

    private class Vehicle
    {
        public int Id { get; set; }
    }

    private sealed class Van : Vehicle
    {
        public int? Volume { get; set; }
    }

    private sealed class Shelf
    {
        public int Id { get; set; }

        public List<Box> Boxes { get; } = [];
    }

    private sealed class Box
    {
        public int Id { get; set; }

        public int Size { get; set; }
    }

    private sealed class Stock(DbContextOptions<Stock> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Item>().ToTable("Items");
            modelBuilder.Entity<Sale>().ToTable("Sales");
            modelBuilder.Entity<Vehicle>().ToTable("Vehicles");
            modelBuilder.Entity<Van>();
            modelBuilder.Entity<Shelf>().ToTable("Shelves").OwnsMany(shelf => shelf.Boxes, box =>
            {
                box.ToTable("Boxes");
                box.WithOwner().HasForeignKey("ShelfId");
                box.HasKey(b => b.Id);
            });
        }
    }
}
