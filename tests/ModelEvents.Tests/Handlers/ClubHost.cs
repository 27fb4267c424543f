using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Handlers;

public sealed class Member
{
    public int Id { get; set; }
}

internal sealed class ClubContext(DbContextOptions<ClubContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Member>();
}

internal abstract class Clerk(ConcurrentQueue<string> calls) : IEventHandler
{
    public bool Wants(string eventName) => !eventName.EndsWith("deleted", StringComparison.Ordinal);

    public Task HandleAsync(ModelEvent e, CancellationToken ct)
    {
        calls.Enqueue($"{GetType().Name} {e.Name}");
        return e.Key == "-1" ? throw new FormatException("no such member") : Task.CompletedTask;
    }
}

internal sealed class Greeter(ConcurrentQueue<string> calls) : Clerk(calls);

internal sealed class Treasurer(ConcurrentQueue<string> calls) : Clerk(calls);

/// <summary>A club whose members are handled, in memory.</summary>
internal sealed class ClubHost : IAsyncDisposable
{
    private readonly TestConfiguration _configuration;
    private readonly ServiceProvider _services;
    private bool _started;

    public ClubHost(Action<ModelEventsBuilder> register, string configuration = "{}", Action<IServiceCollection>? also = null)
    {
        _configuration = new TestConfiguration(configuration);
        var database = $"{Guid.CreateVersion7()}";
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log)).AddMetrics();
        services.AddSingleton(Calls);
        services.AddDbContext<ClubContext>(options => options.UseInMemoryDatabase(database));
        services.Configure<ModelEventsOptions>(options =>
        {
            options.ServiceName = "club";
            options.Dispatcher.RetryDelay = TimeSpan.FromMilliseconds(10);
            options.Dispatcher.MaxAttempts = 2;
            options.Model<Member>();
        });
        var events = services.AddModelEvents(_configuration.Root).Capture<ClubContext>();
        register(events);
        also?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public ConcurrentQueue<string> Calls { get; } = [];

    public RecordedLog Log { get; } = new();

    public IServiceProvider Services => _services;

    public async Task<ClubHost> StartAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
            await hosted.StartAsync(TestContext.Current.CancellationToken);
        _started = true;
        return this;
    }

    public void Join(int id = 0)
    {
        using var scope = _services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<ClubContext>();
        context.Add(new Member { Id = id });
        context.SaveChanges();
    }

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            foreach (var hosted in _services.GetServices<IHostedService>().Reverse())
                await hosted.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        Log.Dispose();
    }
}
