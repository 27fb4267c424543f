using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Consuming;
using ModelEvents.Inbox;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Inbox;

/// <summary>One process of a consuming service.</summary>
internal sealed class BillingService : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();

    private BillingService(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging(logging => logging.AddProvider(Log));
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public ManualTimeProvider Clock { get; } = new();

    public RecordedLog Log { get; } = new();

    public IServiceProvider Services => _services;

    /// <summary>How many gaps were counted.</summary>
    public long Gaps { get; private set; }

    public static BillingService Create(
        TestDatabase database,
        Action<InboxOptions>? inbox = null,
        Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection();
        services.AddModelEventsInbox<BillingContext>(inbox);
        if (register is null)
            services.AddDbContext<BillingContext>(options => options.UseNpgsql(database.ConnectionString).AmongMany());
        else
            register(services);

        var service = new BillingService(services);
        service.CountGaps();
        return service;
    }

    /// <summary>Makes the tables.</summary>
    public async Task<BillingService> CreatedAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<BillingContext>().Database.EnsureCreatedAsync();
        return this;
    }

    /// <summary>Delivers an event to a handler, in a scope of its own.</summary>
    public async Task<InboxOutcome> DeliverAsync(
        ReceivedEvent received,
        Func<BillingContext, CancellationToken, Task> handle,
        string consumer = "billing")
    {
        await using var scope = Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BillingContext>();
        return await InboxOf(scope.ServiceProvider).HandleAsync(
            new InboxMessage(consumer, received), token => handle(context, token), TestContext.Current.CancellationToken);
    }

    /// <summary>Delivers an event to a handler that writes a bill.</summary>
    public Task<InboxOutcome> BillAsync(ReceivedEvent received, string? text = null, string consumer = "billing") =>
        DeliverAsync(received, (context, token) => AddBillAsync(context, text ?? received.Name, token), consumer);

    /// <summary>Delivers an event to a handler that fails the first time, and again in the same scope.</summary>
    public async Task<InboxOutcome> DeliverTwiceInOneScopeAsync(
        ReceivedEvent received, Func<BillingContext, CancellationToken, Task> handle)
    {
        await using var scope = Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BillingContext>();
        await Assert.ThrowsAsync<InvalidOperationException>(HandleAsync);
        return await HandleAsync();

        Task<InboxOutcome> HandleAsync() => InboxOf(scope.ServiceProvider).HandleAsync(
            new InboxMessage("billing", received),
            token => handle(context, token),
            TestContext.Current.CancellationToken);
    }

    public static IInbox InboxOf(IServiceProvider scope) =>
        scope.GetRequiredKeyedService<IInbox>(typeof(BillingContext));

    public static Task AddBillAsync(BillingContext context, string text, CancellationToken cancellationToken)
    {
        context.Add(new Bill { Text = text });
        return context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The texts of all bills that begin with <paramref name="start"/>, in order.</summary>
    public async Task<string[]> BillsAsync(string start = "")
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BillingContext>().Bills
            .Where(bill => bill.Text.StartsWith(start)).OrderBy(bill => bill.Id).Select(bill => bill.Text).ToArrayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    private void CountGaps()
    {
        var meter = Services.GetRequiredService<InboxReport>().Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter && instrument.Name == "modelevents.inbox.gaps")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Gaps += value);
        _listener.Start();
    }
}
