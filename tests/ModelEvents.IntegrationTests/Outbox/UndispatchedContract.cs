using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>Three databases with the tables of a tenant, for the tests of one class.</summary>
public sealed class TenantDatabases : IAsyncLifetime
{
    private readonly TestDatabase[] _databases = [new(), new(), new()];
    private bool _isPrepared;

    public TestDatabase this[int index] => _databases[index];

    public async ValueTask InitializeAsync()
    {
        foreach (var database in _databases)
            await database.InitializeAsync();
    }

    /// <summary>Lets each be made ready, once.</summary>
    public async Task PrepareAsync(Func<string, Task> prepare)
    {
        foreach (var database in _isPrepared ? [] : _databases)
            await prepare(database.ConnectionString);
        _isPrepared = true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
    }
}

/// <summary>Saves into a database whose events nobody reads, on every outbox that is in databases.</summary>
public abstract class UndispatchedContract(TenantDatabases databases) : IClassFixture<TenantDatabases>, IAsyncLifetime
{
    private protected virtual LookTimes Times { get; } =
        new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.4));

    private protected string Home => databases[0].ConnectionString;

    private protected string Other => databases[1].ConnectionString;

    private protected string Third => databases[2].ConnectionString;

    private string OtherName => databases[1].Name;

    private string ThirdName => databases[2].Name;

    public async ValueTask InitializeAsync() => await databases.PrepareAsync(PrepareAsync);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_is_told_once_and_degrades_until_another_process_reads_them()
    {
        await using var host = await StartAsync();

        await host.SaveAsync(Home);
        await host.SaveAsync(Other);
        await host.ToldAsync(TenantHost.Undispatched, OtherName);
        await host.SaveAsync(Other);

        var condition = Assert.Single(host.Conditions);
        Assert.Contains($"wait where no dispatcher reads them: in '{OtherName} (tcp://", condition, StringComparison.Ordinal);
        Assert.DoesNotContain("assword", condition + host.Log.Lines(TenantHost.Undispatched)[0], StringComparison.Ordinal);
        var health = await host.CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains(condition, health.Description, StringComparison.Ordinal);

        await using var another = await StartAsync(Other);
        await host.ToldAsync(TenantHost.Dispatched, OtherName);

        Assert.Empty(host.Conditions);
        Assert.Single(host.Log.Lines(TenantHost.Undispatched));
    }

    [Fact]
    public async Task It_is_not_told_while_another_process_reads_them()
    {
        await using var host = await StartAsync();
        await using (await StartAsync(Other))
        {
            await host.SaveAsync(Other);
            await host.SaveAsync(Third);
            await host.ToldAsync(TenantHost.Undispatched, ThirdName);
            Assert.Single(host.Log.Lines(TenantHost.Undispatched));
            Assert.DoesNotContain(OtherName, Assert.Single(host.Conditions), StringComparison.Ordinal);
        }

        await host.SaveAsync(Other);
        await host.ToldAsync(TenantHost.Undispatched, OtherName);
    }

    [Fact]
    public async Task It_is_refused_where_that_is_asked_for_until_another_process_reads_them()
    {
        await using var host = NewHost(Home, options => options.Outbox.UndispatchedDatabases = UndispatchedDatabases.Throw);
        await host.SaveAsync(Home);
        await host.StartAsync();
        await host.OpenedAsync();
        await host.SaveAsync(Home, rows: 2);
        var before = await host.CountAsync(Other);

        foreach (var rows in new[] { 1, 2 })
        {
            var refusal = await Assert.ThrowsAnyAsync<Exception>(() => host.SaveAsync(Other, rows: rows));
            Assert.StartsWith(
                $"No dispatcher reads the events of 'TenantContext' in the database '{OtherName} (tcp://",
                Assert.IsType<InvalidOperationException>(refusal.GetBaseException()).Message,
                StringComparison.Ordinal);
        }

        Assert.Equal(before, await host.CountAsync(Other));
        await using var another = await StartAsync(Other);
        Assert.Equal(1, await host.SaveAsync(Other));
    }

    [Fact]
    public async Task A_process_that_does_not_dispatch_is_told_until_another_does()
    {
        await using var host = NewHost(Home, options => options.Dispatcher.Enabled = false);
        await host.StartAsync();

        await host.SaveAsync(Home);
        await host.ToldAsync(TenantHost.Undispatched, "(tcp://");
        await using var another = await StartAsync();
        await host.ToldAsync(TenantHost.Dispatched, "(tcp://");

        Assert.Empty(host.Conditions);
    }

    private protected abstract ModelEventsBuilder UseOutbox(CaptureBuilder<TenantContext> capture);

    private protected virtual void Configure(ModelEventsOptions options)
    {
    }

    /// <summary>Makes what a database of a tenant has.</summary>
    private protected virtual async Task PrepareAsync(string connectionString)
    {
        await using var host = NewHost(connectionString);
        await host.CreateTablesAsync(connectionString);
    }

    private protected TenantHost NewHost(string home, Action<ModelEventsOptions>? configure = null) =>
        new(home, UseOutbox, Times, options =>
        {
            Configure(options);
            configure?.Invoke(options);
        });

    private protected async Task<TenantHost> StartAsync(string? home = null, Action<ModelEventsOptions>? configure = null)
    {
        var host = NewHost(home ?? Home, configure);
        await host.StartAsync();
        await host.OpenedAsync();
        return host;
    }
}
