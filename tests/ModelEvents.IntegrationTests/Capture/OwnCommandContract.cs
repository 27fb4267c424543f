using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>Saves that are one command to the database, which writes their events too.</summary>
public abstract partial class OwnCommandContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    private readonly Traffic _traffic = new();

    private protected TFixture Fixture => fixture;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_and_its_event_are_one_statement_without_a_transaction()
    {
        var store = fixture.CreateStore(before: [_traffic]);
        await using var context = store.NewContext();
        var setting = new Setting { Key = "alone", Value = "größer" };

        context.Add(setting);
        await context.SaveChangesAsync(Cancellation);
        setting.Value = "b";
        await context.SaveChangesAsync(Cancellation);
        context.Remove(setting);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((3, 0), (_traffic.Commands, _traffic.InTransaction));
        var events = await store.TakeEventsAsync();
        Assert.Equal(["setting__created", "setting__updated", "setting__deleted"], events.Select(e => e.Name));
        Assert.Equal(["größer", "b", "b"], events.Select(e => (string?)CapturedStore.Body(e)["value"]));
        Assert.All(events, e => Assert.Equal("alone", e.Key));
    }

    [Fact]
    public async Task A_synchronous_save_of_a_row_is_one_statement_too()
    {
        var store = fixture.CreateStore(before: [_traffic]);
        await using var context = store.NewContext();

        context.Add(new Setting { Key = "sync" });

        Assert.Equal(1, context.SaveChanges());
        Assert.Equal((1, 0), (_traffic.Commands, _traffic.InTransaction));
        Assert.Equal(["sync"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Fact]
    public async Task A_key_that_the_database_generates_is_in_the_event_of_the_same_statement()
    {
        var store = fixture.CreateStore(before: [_traffic]);
        await using var context = store.NewContext();
        var vehicle = new Truck { Plate = "DB-1", Axles = 4 };

        context.Add(vehicle);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((1, 0), (_traffic.Commands, _traffic.InTransaction));
        Assert.True(vehicle.Id > 0);
        var written = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal($"{vehicle.Id}", written.Key);
        Assert.Equal($$"""{"id":{{vehicle.Id}},"discriminator":"Truck","plate":"DB-1","axles":4}""", Text(written));
    }

    [Fact]
    public async Task A_generated_key_that_the_body_leaves_out_is_still_the_events_key()
    {
        var store = fixture.CreateStore(options => options.Model<Vehicle>(m => m.Exclude(v => v.Id)));
        await using var context = store.NewContext();
        var vehicle = new Vehicle { Plate = "DB-2" };

        context.Add(vehicle);
        await context.SaveChangesAsync(Cancellation);

        var written = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal($"{vehicle.Id}", written.Key);
        Assert.Equal("""{"discriminator":"Vehicle","plate":"DB-2"}""", Text(written));
    }

    [Fact]
    public async Task A_row_version_that_the_database_writes_is_in_the_event_of_the_same_statement()
    {
        var store = fixture.CreateStore(before: [_traffic]);
        await using var context = store.NewContext();
        var order = new Order { Number = "versioned" };

        context.Add(order);
        await context.SaveChangesAsync(Cancellation);
        var first = order.Version;
        order.Total = 5;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((2, 0), (_traffic.Commands, _traffic.InTransaction));
        var events = await store.TakeEventsAsync();
        Assert.Equal([$"{order.Id}", $"{order.Id}"], events.Select(e => e.Key));
        Assert.Equal([order.Id, order.Id], events.Select(e => (long?)CapturedStore.Body(e)["id"]));
        Assert.Equal([first, order.Version], events.Select(e => (uint?)CapturedStore.Body(e)["version"]));
        Assert.NotEqual(first, order.Version);
    }

    [Fact]
    public async Task A_key_that_is_set_by_hand_is_used_as_it_is()
    {
        var store = fixture.CreateStore(before: [_traffic]);
        await using var context = store.NewContext();

        context.Add(new Car { Id = 100_000, Plate = "DB-3" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((1, 0), (_traffic.Commands, _traffic.InTransaction));
        Assert.Equal(["100000"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Fact]
    public async Task A_comment_that_another_interceptor_adds_is_left_in_place()
    {
        var store = fixture.CreateStore(before: [new Comment()]);
        await using var context = store.NewContext();

        context.Add(new Setting { Key = "commented" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["commented"], (await store.TakeEventsAsync()).Select(e => e.Key));
    }

    [Fact]
    public async Task More_rows_than_fit_into_one_command_are_one_transaction()
    {
        var store = fixture.CreateStore(before: [_traffic]);
        await using var context = store.NewContext();

        context.AddRange(Enumerable.Range(0, 1500).Select(number => new Setting { Key = $"of many {number}" }));
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal((2, 2), (_traffic.Commands, _traffic.InTransaction));
        Assert.Equal(1500, (await store.TakeEventsAsync()).Count);
    }

    private static string Text(ModelEvent e) => System.Text.Encoding.UTF8.GetString(e.Body.Span);

    /// <summary>Counts what a save sends.</summary>
    private sealed class Traffic : DbCommandInterceptor
    {
        public int Commands { get; private set; }

        public int InTransaction { get; private set; }

        public override DbDataReader ReaderExecuted(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
        {
            Note(command, eventData);
            return result;
        }

        public override ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command,
            CommandExecutedEventData eventData,
            DbDataReader result,
            CancellationToken cancellationToken = default)
        {
            Note(command, eventData);
            return new(result);
        }

        private void Note(DbCommand command, CommandEventData eventData)
        {
            if (eventData.CommandSource != CommandSource.SaveChanges)
                return;

            Commands++;
            InTransaction += command.Transaction is null ? 0 : 1;
        }
    }

    private sealed class Comment : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            command.CommandText += "/* traced */";
            return new(result);
        }
    }
}
