using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Testing;

/// <summary>A host that publishes loaves and cakes, from a database in memory.</summary>
internal sealed class Bakery : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Bakery(Action<ModelEventsOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        var database = $"{Guid.CreateVersion7()}";
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
            {
                options.ServiceName = "bakery";
                options.Dispatcher.Enabled = false;
                if (configure is null)
                    options.Model<Loaf>().Model<Cake>();
                configure?.Invoke(options);
            })
            .Capture<BakeryContext>();
        services.AddDbContext<BakeryContext>(options => options.UseInMemoryDatabase(database));
        register?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public IServiceProvider Services => _services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task SaveAsync(Action<BakeryContext> change)
    {
        await using var scope = _services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BakeryContext>();
        change(context);
        await context.SaveChangesAsync(Cancellation);
    }

    public Task AddAsync(params object[] models) => SaveAsync(context => context.AddRange(models));

    /// <summary>The names of what waits for the dispatcher, which is taken out.</summary>
    public async Task<IReadOnlyList<string>> TakeNamesAsync()
    {
        await using var session = await _services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        var claimed = await session.ClaimAsync(LaneSlice.All, 100, Cancellation);
        var events = claimed.Select(entry => entry.Event).ToList();
        await session.CompleteAsync(LaneSlice.All, events, [], Cancellation);
        return events.ConvertAll(taken => taken.Name);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

internal class Loaf
{
    public int Id { get; set; }

    public string Flour { get; set; } = "";

    public Crust? Crust { get; set; }

    public List<Cake> With { get; } = [];
}

/// <summary>Not listed: captured as its base.</summary>
internal sealed class Baguette : Loaf;

internal sealed class Crust
{
    public int Thickness { get; set; }
}

internal sealed class Cake
{
    public int Id { get; set; }

    public string Name { get; set; } = "";
}

internal sealed class BakeryContext(DbContextOptions<BakeryContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Loaf>().OwnsOne(loaf => loaf.Crust);
        modelBuilder.Entity<Loaf>().HasMany(loaf => loaf.With).WithMany();
        modelBuilder.Entity<Baguette>();
        modelBuilder.Entity<Cake>();
        modelBuilder.Entity<Fish.Cake>();
    }
}

internal static class Fish
{
    internal sealed class Cake
    {
        public int Id { get; set; }
    }
}
