using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Consuming;
using ModelEvents.Inbox;
using ModelEvents.Tests.Infrastructure;
using static ModelEvents.Tests.Inbox.ReceivedEvents;

namespace ModelEvents.Tests.Inbox;

/// <summary>What an inbox forgets, and when.</summary>
public sealed class InboxCleanupTests
{
    private const string Notes = "model_events_inbox";
    private const string Sequences = "model_events_inbox_sequences";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_is_older_than_the_retention_is_forgotten()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await BillingService.Create(database).CreatedAsync();
        var (old, young) = (Received(), Received());
        await service.BillAsync(old);
        Pass(service, TimeSpan.FromDays(5));
        await service.BillAsync(young);
        Pass(service, TimeSpan.FromDays(3));

        var cleanup = CleanupOf(service);
        await cleanup.StartAsync(Cancellation);
        await WakeAsync(service);
        await Eventually.TrueAsync(
            async () => await database.CountAsync(Notes) == 1, () => "More than one event is remembered.");
        await cleanup.StopAsync(Cancellation);

        Assert.Equal(InboxOutcome.Handled, await service.BillAsync(old));
        Assert.Equal(InboxOutcome.Duplicate, await service.BillAsync(young));
    }

    [Fact]
    public async Task Sequences_are_forgotten_only_of_what_was_deleted()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await BillingService.Create(database, inbox => inbox.DropStale = true).CreatedAsync();
        await service.BillAsync(Received(1, key: "lives"));
        await service.BillAsync(Received(1, key: "deleted"));
        await service.BillAsync(Received(2, key: "deleted", action: ChangeAction.Deleted));
        await service.BillAsync(Received(1, key: "back", action: ChangeAction.Deleted));
        await service.BillAsync(Received(2, key: "back", action: ChangeAction.Created));
        Pass(service, TimeSpan.FromDays(8));

        await CleanupOf(service).CleanAsync(Cancellation);

        Assert.Equal(
            "back,lives", await database.ScalarAsync<string>($"SELECT string_agg(key, ',' ORDER BY key) FROM {Sequences}"));
        Assert.Equal(InboxOutcome.Stale, await service.BillAsync(Received(1, key: "lives")));
    }

    [Fact]
    public async Task Several_processes_forget_many_batches_at_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await BillingService.Create(database).CreatedAsync();
        await using var second = BillingService.Create(database);
        await database.ExecuteAsync(
            $"INSERT INTO {Notes} SELECT gen_random_uuid(), 'billing', '2025-12-01'::timestamptz + n * interval '1 second' "
            + "FROM generate_series(1, 5500) n");
        await service.BillAsync(Received());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            process => CleanupOf(process % 2 == 0 ? service : second).CleanAsync(Cancellation)));

        Assert.Equal(1, await database.CountAsync(Notes));
    }

    [Fact]
    public async Task A_database_that_is_away_is_asked_again_after_the_interval_and_not_before()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = BillingService.Create(database, register: services =>
            services.AddDbContext<BillingContext>(options => options.UseNpgsql("Host=127.0.0.1;Port=1").AmongMany()));
        var (cleanup, started) = (CleanupOf(service), service.Clock.GetUtcNow());
        await cleanup.StartAsync(Cancellation);

        for (var time = 1; time <= 2; time++)
        {
            await WakeAsync(service);
            await Eventually.TrueAsync(() => service.Clock.Sleepers == 1, () => "The cleanup is not asleep.");
            Assert.Equal(time, service.Log.Lines(2011).Length);
        }

        await cleanup.StopAsync(Cancellation);
        Assert.Equal(TimeSpan.FromMinutes(61), service.Clock.GetUtcNow() - started);
    }

    /// <summary>Lets time pass while nobody sleeps.</summary>
    private static void Pass(BillingService service, TimeSpan span) =>
        service.Clock.AdvanceToNext(service.Clock.GetUtcNow() + span);

    /// <summary>Goes to the time for which the cleanup sleeps.</summary>
    private static async Task WakeAsync(BillingService service)
    {
        await Eventually.TrueAsync(() => service.Clock.Sleepers == 1, () => "The cleanup does not sleep.");
        Assert.True(service.Clock.AdvanceToNext(service.Clock.GetUtcNow().AddHours(1)));
    }

    private static InboxCleanup<BillingContext> CleanupOf(BillingService service) =>
        service.Services.GetServices<IHostedService>().OfType<InboxCleanup<BillingContext>>().Single();
}
