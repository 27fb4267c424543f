using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;
using Npgsql;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Changes that no change tracker sees: one event for each row, with the right body, in order.</summary>
public sealed class OtherWriterTests(LogStoreFixture fixture) : IClassFixture<LogStoreFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_update_of_ten_thousand_rows_and_their_delete_are_one_event_for_each_row()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await context.Database.ExecuteSqlAsync(
            $"""INSERT INTO "Settings" ("Key", "Value") SELECT 'bulk ' || i, i FROM generate_series(1, 10000) AS i""", Cancellation);
        await context.Settings.Where(s => s.Key.StartsWith("bulk "))
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Value, s => s.Value + "!"), Cancellation);
        await context.Settings.Where(s => s.Key.StartsWith("bulk ")).ExecuteDeleteAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(
            [("setting__created", 10_000), ("setting__updated", 10_000), ("setting__deleted", 10_000)],
            events.CountBy(e => e.Name).Select(pair => (pair.Key, pair.Value)));
        foreach (var (e, index) in events.Select((e, index) => (e, index)))
        {
            var number = e.Key["bulk ".Length..];
            Assert.Equal(index < 10_000 ? number : $"{number}!", (string)CapturedStore.Body(e)["value"]!);
        }

        Assert.Equal(10_000, events.Take(10_000).Select(e => e.Key).Distinct().Count());
        Assert.Equal(30_000, events.Select(e => e.Id).Distinct().Count());
        Assert.Equal(3, events.Select(e => e.Headers[EventHeaders.Transaction]).Distinct().Count());
    }

    [Fact]
    public async Task Statements_of_another_program_are_told_in_their_order_once_they_are_committed()
    {
        var store = fixture.CreateStore();
        await using var other = new NpgsqlConnection(fixture.ConnectionString);
        await other.OpenAsync(Cancellation);
        await ExecuteAsync(other, """BEGIN; INSERT INTO "Settings" VALUES ('gone', '0'); ROLLBACK""");
        await ExecuteAsync(
            other,
            """
            BEGIN;
            INSERT INTO "Settings" VALUES ('psql', 'a');
            UPDATE "Settings" SET "Value" = 'b' WHERE "Key" = 'psql';
            UPDATE "Settings" SET "Key" = 'renamed' WHERE "Key" = 'psql';
            DELETE FROM "Settings" WHERE "Key" = 'renamed';
            COMMIT
            """);

        var events = await store.TakeEventsAsync();
        Assert.Equal(
            [
                ("setting__created", "psql", "a"), ("setting__updated", "psql", "b"), ("setting__deleted", "psql", "b"),
                ("setting__created", "renamed", "b"), ("setting__deleted", "renamed", "b"),
            ],
            events.Select(e => (e.Name, e.Key, (string)CapturedStore.Body(e)["value"]!)));
        var transaction = Assert.Single(events.Select(e => e.Headers[EventHeaders.Transaction]).Distinct());
        Assert.True(uint.Parse(transaction, CultureInfo.InvariantCulture) > 0);
        Assert.All(events, e => Assert.Equal("log", e.Headers[EventHeaders.Source]));
    }

    [Fact]
    public async Task A_discriminator_that_a_statement_changes_is_a_delete_of_one_model_and_a_create_of_the_other()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Vehicles" ("Id", "Plate", "Discriminator", "Axles") VALUES (9001, 'a', 'Truck', 2);
            UPDATE "Vehicles" SET "Discriminator" = 'Car', "Axles" = NULL, "Seats" = 5 WHERE "Id" = 9001;
            UPDATE "Vehicles" SET "Discriminator" = 'Vehicle', "Seats" = NULL WHERE "Id" = 9001;
            BEGIN;
            DELETE FROM "Vehicles" WHERE "Id" = 9001;
            INSERT INTO "Vehicles" ("Id", "Plate", "Discriminator", "Axles") VALUES (9001, 'b', 'Truck', 3);
            COMMIT;
            """,
            Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(
            ["truck__created", "truck__deleted", "vehicle__created", "vehicle__updated", "vehicle__deleted", "truck__created"],
            events.Select(e => e.Name));
        Assert.All(events, e => Assert.Equal("9001", e.Key));
        Assert.Equal(events.Count, events.Select(e => e.Id).Distinct().Count());
        Assert.Equal(events.Select(e => e.Sequence).Order(), events.Select(e => e.Sequence));
    }

    [Fact]
    public async Task A_cascade_of_the_database_is_one_deleted_for_each_row_with_its_last_values()
    {
        var store = fixture.CreateStore();
        long id;
        await using (var context = store.NewContext())
        {
            var order = new Order { Lines = { new OrderLine { Article = "a" }, new OrderLine { Article = "b" } } };
            context.Add(order);
            await context.SaveChangesAsync(Cancellation);
            id = order.Id;
            await store.TakeEventsAsync();
        }

        await using (var context = store.NewContext())
            await context.Orders.Where(o => o.Id == id).ExecuteDeleteAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(["order__deleted", "order_line__deleted", "order_line__deleted"], events.Select(e => e.Name));
        Assert.Equal(["a", "b"], events.Skip(1).Select(e => (string)CapturedStore.Body(e)["article"]!).Order());
        Assert.All(events.Skip(1), e => Assert.Equal(id, (long)CapturedStore.Body(e)["order_id"]!));
    }

    [Fact]
    public async Task A_large_value_that_was_left_alone_is_read_where_the_log_has_no_row_before()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        var large = Convert.ToBase64String(RandomNumberGenerator.GetBytes(20_000));
        var order = new Order { Number = large };
        context.Add(order);
        await context.Database.ExecuteSqlAsync($"ALTER TABLE \"Orders\" REPLICA IDENTITY DEFAULT", Cancellation);
        await context.SaveChangesAsync(Cancellation);
        await context.Orders.Where(o => o.Id == order.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.Total, 7), Cancellation);
        var updated = (await store.TakeEventsAsync())[1];
        await context.Orders.Where(o => o.Id == order.Id).ExecuteDeleteAsync(Cancellation);
        var deleted = Assert.Single(await store.TakeEventsAsync());
        await context.Database.ExecuteSqlAsync($"ALTER TABLE \"Orders\" REPLICA IDENTITY FULL", Cancellation);

        Assert.Equal(("*", 7), (updated.Headers[EventHeaders.Changed], (decimal)CapturedStore.Body(updated)["total"]!));
        Assert.Equal(large, (string?)CapturedStore.Body(updated)["number"]);
        Assert.Equal($$"""{"id":{{order.Id}}}""", CapturedStore.Body(deleted).ToJsonString());
    }

    [Fact]
    public async Task Links_of_an_owner_that_is_gone_by_now_are_told_with_its_key()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        var product = new Product { Name = "gone" };
        var tag = new Tag { Word = "new" };
        context.AddRange(product, tag);
        await context.SaveChangesAsync(Cancellation);
        product.Tags.Add(tag);
        await context.SaveChangesAsync(Cancellation);
        context.Remove(product);
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.Equal(["product__created", "product__updated", "product__deleted"], events.Select(e => e.Name));
        Assert.Equal($$"""{"id":{{product.Id}}}""", CapturedStore.Body(events[1]).ToJsonString());
        Assert.Equal($$$"""{"tags":{"added":["{{{tag.Id}}}"],"removed":[]}}""", events[1].Headers[EventHeaders.Links]);
        Assert.Equal("gone", (string?)CapturedStore.Body(events[2])["name"]);
    }

    [Fact]
    public async Task Instances_that_are_read_after_the_commit_are_read_together()
    {
        var counter = new StatementCounter();
        var store = fixture.CreateStore(interceptors: [counter]);
        await using var context = store.NewContext();
        var customers = Enumerable.Range(0, 300)
            .Select(number => new Customer { Name = "bulk", Phones = { new Phone { Number = $"{number}" } } })
            .ToList();
        context.AddRange(customers);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();
        counter.Reset();
        await context.Customers.Where(c => c.Name == "bulk")
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Name, "together"), Cancellation);

        var events = await store.TakeEventsAsync();
        var queries = counter.Count(text => text.Contains("FROM \"Customers\"", StringComparison.Ordinal));
        Assert.Equal(300, events.Count);
        Assert.All(events, e => Assert.Equal(
            customers.Single(c => $"{c.Id}" == e.Key).Phones[0].Number, (string?)CapturedStore.Body(e)["phones"]![0]!["number"]));
        Assert.InRange(queries, 1, 3);
    }

    [Fact]
    public async Task A_truncated_table_is_told_in_its_place()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        context.Add(new Invoice { Series = "t", Number = 1 });
        await context.SaveChangesAsync(Cancellation);
        await context.Database.ExecuteSqlAsync($"TRUNCATE \"Invoices\"", Cancellation);
        context.ChangeTracker.Clear();
        context.Add(new Invoice { Series = "t", Number = 2 });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["invoice__created", "invoice__truncated", "invoice__created"], await store.TakeNamesAsync());
    }

    /// <summary>Notes the statements that EF Core runs.</summary>
    private sealed class StatementCounter : DbCommandInterceptor
    {
        private readonly ConcurrentQueue<string> _texts = [];

        public void Reset() => _texts.Clear();

        public int Count(Func<string, bool> predicate) => _texts.Count(predicate);

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            _texts.Enqueue(command.CommandText);
            return new(result);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
