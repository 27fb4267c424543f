using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Handlers;

/// <summary>What waits for a handler is neither kept in the log for long nor read slowly.</summary>
public sealed class WalHandlerBacklogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_is_not_kept_for_a_handler_that_hangs()
    {
        await using var warehouse = await Warehouse.CreateAsync(HandlerEngine.Wal, hasBroker: true);
        var gate = new TaskCompletionSource();
        warehouse.Mailer.Handle = (_, ct) => gate.Task.WaitAsync(ct);
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a");
        await warehouse.UntilAsync(() => warehouse.Mailer.Calls == 1);
        await warehouse.MoveAsync("b", "c", "a");
        var written = await warehouse.Database.ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");

        await warehouse.UntilAsync(() => warehouse.Database.ScalarAsync<bool>(
            $"SELECT confirmed_flush_lsn >= '{written}' FROM pg_replication_slots WHERE database = current_database()"));
        Assert.Empty(warehouse.Mailer.Handled);
        gate.SetResult();
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count >= 4);
        await warehouse.UntilAsync(async () => await warehouse.Outbox.GetStatusAsync(Token) is { Waiting: 0, Parked: 0 });

        Assert.Equal(4, warehouse.Mailer.Calls);
        Assert.Equal(
            warehouse.Packer.Handled.Where(e => e.Key == "a").Select(e => e.Id),
            warehouse.Mailer.Handled.Where(e => e.Key == "a").Select(e => e.Id));
    }

    [Fact]
    public async Task Thousands_of_events_behind_a_parked_one_hold_back_neither_reading_nor_others()
    {
        await using var warehouse = await Warehouse.CreateAsync(HandlerEngine.Wal);
        warehouse.Mailer.Handle = (e, _) => e.Key == "bad" ? throw new FormatException("no address") : Task.CompletedTask;
        await warehouse.StartAsync();
        await warehouse.MoveAsync("bad");
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 1);

        await using (var scope = warehouse.Services.CreateAsyncScope())
        {
            var events = scope.ServiceProvider.GetRequiredService<IModelEvents>();
            var database = scope.ServiceProvider.GetRequiredService<WarehouseContext>().Database;
            await using var transaction = await database.BeginTransactionAsync(Token);
            for (var number = 0; number < 5000; number++)
                await events.TriggerAsync(WarehouseEvents.Moved, key: "bad", cancellationToken: Token);
            await transaction.CommitAsync(Token);
        }

        await warehouse.MoveAsync("good");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 5002 && warehouse.Mailer.Keys.Contains("good"));

        Assert.Equal(["good"], warehouse.Mailer.Keys);
        Assert.Single(await warehouse.ParkedAsync());
    }
}
