using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ModelEvents.Tests.Handlers;

/// <summary>What was delivered, and cannot be noted in the database.</summary>
public abstract partial class DurableHandlerContract
{
    private const int NotNoted = 1120;

    [Fact]
    public async Task What_was_delivered_and_cannot_be_noted_is_delivered_once_until_it_can_be()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        var failed = 0;
        warehouse.Mailer.Handle = (_, _) => Interlocked.Increment(ref failed) <= 3
            ? throw new TimeoutException("not yet")
            : Task.CompletedTask;
        warehouse.Configure = options => options.Dispatcher.MaxOutageDelay = TimeSpan.FromMilliseconds(50);
        await warehouse.BuildAsync();
        await RefuseDeletesAsync(warehouse);
        await warehouse.StartAsync();

        await warehouse.MoveAsync("a", "b", "c");
        await warehouse.UntilAsync(async () => await RefusalsAsync(warehouse) >= 8);
        await warehouse.UntilAsync(
            async () => await warehouse.HealthAsync() is { Status: HealthStatus.Unhealthy, Description: { } why }
                && why.Contains("no deletes today", StringComparison.Ordinal));
        await warehouse.MoveAsync("d");
        var refusals = await RefusalsAsync(warehouse);
        await warehouse.UntilAsync(async () => await RefusalsAsync(warehouse) >= refusals + 4);
        Assert.Single(warehouse.Log.Lines(NotNoted));

        await warehouse.Database.ExecuteAsync("DROP FUNCTION refuse CASCADE");
        await warehouse.UntilAsync(async () => (await warehouse.Outbox.GetStatusAsync(Token)).Waiting == 0);
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 4 && warehouse.Packer.Handled.Count == 4);
        await warehouse.UntilAsync(async () => (await warehouse.HealthAsync()).Status == HealthStatus.Healthy);
        await warehouse.MoveAsync("last");
        await warehouse.UntilAsync(() => warehouse.Mailer.Keys.Contains("last") && warehouse.Packer.Keys.Contains("last"));
        await warehouse.Queue!.WaitForAsync(5);

        Assert.Equal(5, (await warehouse.Queue.SoFarAsync()).Count);
        Assert.Equal(["a", "b", "c", "d", "last"], warehouse.Packer.Keys.Order());
        Assert.Equal(["a", "b", "c", "d", "last"], warehouse.Mailer.Keys.Order());
        Assert.Equal((5, 8), (warehouse.Packer.Calls, warehouse.Mailer.Calls));
    }

    /// <summary>Every delete from an outbox table fails and is counted, by a sequence, which no rollback sets back.</summary>
    private static Task<int> RefuseDeletesAsync(Warehouse warehouse) => warehouse.Database.ExecuteAsync(
        """
        CREATE SEQUENCE refusals;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM nextval('refusals');
            RAISE EXCEPTION 'no deletes today';
        END $$;
        DO $$
        DECLARE outbox text;
        BEGIN
            FOR outbox IN SELECT tablename FROM pg_tables WHERE tablename IN ('model_events_outbox', 'model_events_outbox_packs') LOOP
                EXECUTE format('CREATE TRIGGER refuse BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse()', outbox);
            END LOOP;
        END $$
        """);

    private static Task<long> RefusalsAsync(Warehouse warehouse) =>
        warehouse.Database.ScalarAsync<long>("SELECT coalesce((SELECT last_value FROM pg_sequences WHERE sequencename = 'refusals'), 0)");
}
