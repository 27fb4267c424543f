using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.LogCapture;

/// <summary>A database whose tables some SQL makes, set up for capture from the log, and what that tells of it.</summary>
internal sealed class LoggedDatabase<TContext> : IAsyncDisposable
    where TContext : DbContext
{
    private readonly TestDatabase _database = new();
    private readonly ServiceProvider _services;

    private LoggedDatabase(Action<ModelEventsOptions> configure)
    {
        var services = new ServiceCollection();
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "logged";
                options.Dispatcher.Enabled = false;
                options.Capture = CaptureSource.Log;
                configure(options);
            })
            .Capture<TContext>().UsePostgreSqlWal();
        services.AddDbContext<TContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        _services = services.BuildServiceProvider();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="configure">The model list.</param>
    /// <param name="sql">What replaces tables that EF Core makes, if it does.</param>
    public static async Task<LoggedDatabase<TContext>> CreateAsync(Action<ModelEventsOptions> configure, string sql = "")
    {
        var logged = new LoggedDatabase<TContext>(configure);
        await logged._database.InitializeAsync();
        await using (var scope = logged._services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<TContext>().Database.EnsureCreatedAsync(Cancellation);
        await logged.ExecuteAsync(sql);
        await logged.SetUpAsync();
        return logged;
    }

    public Task SetUpAsync() => _services.GetRequiredService<IModelEventLog>().SetUpAsync(Cancellation);

    public async Task ExecuteAsync(params string[] statements)
    {
        foreach (var sql in statements.Where(sql => sql.Length > 0))
            await _database.ExecuteAsync(sql);
    }

    /// <summary>What is told of all that is committed: names, keys, bodies, and what changed.</summary>
    public async Task<string[]> TellAsync() =>
    [
        .. (await LogEnd.TakeEventsAsync(_services)).Select(e => string.Join(
            ' ', e.Name, e.Key, WrittenLog<TContext>.TextOf(e), e.Headers.GetValueOrDefault(EventHeaders.Changed)).TrimEnd()),
    ];

    public async Task<ParkedEvent[]> ParkedAsync() =>
        [.. (await _services.GetRequiredService<IOutboxReader>().ListParkedAsync(10, Cancellation)).OrderBy(one => one.Event.Sequence)];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
