using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

public sealed class UndispatchedPackTests(TenantDatabases databases) : UndispatchedContract(databases)
{
    [Fact]
    public async Task It_is_nobodys_concern_where_that_is_asked_for()
    {
        await using var host = await StartAsync(
            configure: options => options.Outbox.UndispatchedDatabases = UndispatchedDatabases.Ignore);

        await host.SaveAsync(Other);

        Assert.Empty(host.Databases.Others);
    }

    /// <summary>The lock of whoever reads is one of a table.</summary>
    [Fact]
    public async Task A_schema_whose_events_nobody_reads_is_told_too()
    {
        await using var host = await StartAsync();
        await host.CreateTablesAsync(Home, "second");

        await host.SaveAsync(Home);
        await host.SaveAsync(Home, "second");
        await host.ToldAsync(TenantHost.Undispatched, "second.model_events_outbox_packs");

        Assert.Single(host.Log.Lines(TenantHost.Undispatched));
    }

    /// <summary>The same names in both, so that only the connection tells them apart.</summary>
    [Fact]
    public async Task A_search_path_whose_events_nobody_reads_is_told_too()
    {
        await using var host = await StartAsync();
        await host.CreateTablesAsync(Home, "third");

        await host.SaveAsync($"{Home};Search Path=third");
        await host.ToldAsync(TenantHost.Undispatched, "model_events_outbox_packs");

        Assert.Single(host.Log.Lines(TenantHost.Undispatched));
    }

    /// <summary>As while processes change from one delivery to the other: the last one that saves has not been started again.</summary>
    [Fact]
    public async Task It_is_read_where_the_dispatchers_deliver_from_the_log_by_now()
    {
        await using var saver = NewHost(
            Home,
            options =>
            {
                options.Dispatcher.Enabled = false;
                options.Outbox.UndispatchedDatabases = UndispatchedDatabases.Throw;
            });
        await saver.StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => saver.SaveAsync(Third));

        await using var dispatcher = new TenantHost(Third, capture => capture.UsePostgreSqlWal(), Times);
        await dispatcher.StartAsync();
        await dispatcher.OpenedAsync();

        Assert.Equal(1, await saver.SaveAsync(Third));
        await Eventually.TrueAsync(() => saver.Conditions is [], () => saver.Conditions[0]);
    }

    private protected override ModelEventsBuilder UseOutbox(CaptureBuilder<TenantContext> capture) => capture.UsePostgreSql();
}

public sealed class UndispatchedTableTests(TenantDatabases databases) : UndispatchedContract(databases)
{
    // Whoever reads shows it every 1.5 seconds.
    private protected override LookTimes Times { get; } =
        new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1.7), TimeSpan.FromSeconds(1.7));

    private protected override ModelEventsBuilder UseOutbox(CaptureBuilder<TenantContext> capture) => capture;
}

/// <summary>A database of a tenant has had a slot, which nobody reads any more.</summary>
public abstract class UndispatchedLogContract(TenantDatabases databases) : UndispatchedContract(databases)
{
    private protected override ModelEventsBuilder UseOutbox(CaptureBuilder<TenantContext> capture) => capture.UsePostgreSqlWal();

    private protected override async Task PrepareAsync(string connectionString)
    {
        await base.PrepareAsync(connectionString);
        await using var host = await StartAsync(connectionString);
    }
}

public sealed class UndispatchedWalTests(TenantDatabases databases) : UndispatchedLogContract(databases);

public sealed class UndispatchedRowTests(TenantDatabases databases) : UndispatchedLogContract(databases)
{
    private protected override void Configure(ModelEventsOptions options) =>
        (options.Capture, options.Wal.SetUp) = (CaptureSource.Log, true);
}

/// <summary>The outbox for any relational provider, whose connections need not copy themselves.</summary>
public sealed class UndispatchedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tenants").FullName;

    [Fact]
    public async Task A_file_whose_events_nobody_reads_is_told()
    {
        var (home, other) = (FileOf("home"), FileOf("other"));
        var times = new LookTimes(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.4));
        await using var host = new TenantHost(
            home, capture => capture, times, useDatabase: (options, connectionString) => options.UseSqlite(connectionString));
        await host.CreateTablesAsync(home);
        await host.CreateTablesAsync(other);
        await host.StartAsync();
        await host.OpenedAsync();

        await host.SaveAsync(home);
        await host.SaveAsync(other);
        await host.ToldAsync(TenantHost.Undispatched, "other.db");

        var told = Assert.Single(host.Log.Lines(TenantHost.Undispatched));
        Assert.DoesNotContain("could not be asked", told, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string FileOf(string name) => $"Data Source={Path.Combine(_folder, $"{name}.db")};Pooling=False";
}
