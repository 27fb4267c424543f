using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Catalog;
using ModelEvents.Models;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Catalog;

/// <summary>A program that captures one context in memory: its catalog, and the events that it really makes.</summary>
internal sealed class CatalogHost<TContext> : IDisposable
    where TContext : DbContext
{
    private readonly ServiceProvider _services;
    private readonly IServiceScope _scope;
    private readonly TContext _context;

    public CatalogHost(Action<ModelEventsOptions> configure)
    {
        var services = new ServiceCollection();
        var database = $"{Guid.CreateVersion7()}";
        services.AddDbContext<TContext>(options => options.UseInMemoryDatabase(database));
        services.AddModelEvents(options =>
        {
            options.ServiceName = "library";
            options.Dispatcher.Enabled = false;
            configure(options);
        }).Capture<TContext>();
        _services = services.BuildServiceProvider();
        _scope = _services.CreateScope();
        _context = _scope.ServiceProvider.GetRequiredService<TContext>();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IReadOnlyList<ListedModel> Listed => _services.GetRequiredService<ModelListProvider>().Current.Models;

    public IModelEventCatalog Catalog => _services.GetRequiredService<IModelEventCatalog>();

    /// <summary>Without the own events, which every test of this assembly could declare some of.</summary>
    public IReadOnlyList<CatalogEvent> EventsOfModels => [.. Catalog.Events.Where(known => known.Model.Length > 0)];

    /// <summary>Saves what <paramref name="change"/> does and returns the events of it.</summary>
    public async Task<IReadOnlyList<ModelEvent>> SaveAsync(Action<TContext> change)
    {
        change(_context);
        await _context.SaveChangesAsync(Cancellation);
        return await TakeEventsAsync();
    }

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
    }

    private async Task<IReadOnlyList<ModelEvent>> TakeEventsAsync()
    {
        await using var session = await _services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        ModelEvent[] events =
            [.. (await session.ClaimAsync(LaneSlice.All, 1000, Cancellation)).Select(entry => entry.Event)];
        await session.CompleteAsync(LaneSlice.All, events, [], Cancellation);
        return events;
    }
}
