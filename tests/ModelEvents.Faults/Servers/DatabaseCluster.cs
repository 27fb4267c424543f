using Npgsql;

namespace ModelEvents.Faults.Servers;

/// <summary>A PostgreSQL server, and a synchronous standby where one is wanted.</summary>
internal sealed class DatabaseCluster : IAsyncDisposable
{
    private static readonly TimeSpan SyncDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PromoteDeadline = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _end = new();
    private readonly List<PostgresServer> _servers = [];
    private readonly string _folder;
    private readonly string _dataFolder;
    private readonly TextWriter _log;
    private readonly PathProxy _directPath;
    private int _lastNumber = 1;
    private Task _makingStandby = Task.CompletedTask;
    private volatile PostgresServer? _standby;

    private DatabaseCluster(string folder, string dataFolder, PostgresServer primary, TextWriter log)
    {
        (_folder, _dataFolder, _log, Primary) = (folder, dataFolder, log, primary);
        _servers.Add(primary);
        Path = new PathProxy(Ports.Take(), primary.Port);
        _directPath = new PathProxy(Ports.Take(), primary.Port);
    }

    /// <summary>Between the workers and the primary.</summary>
    public PathProxy Path { get; }

    public PostgresServer Primary { get; private set; }

    public bool WantsStandby { get; private init; }

    public static async Task<DatabaseCluster> StartAsync(
        string folder, bool withStandby, TextWriter log, CancellationToken cancellationToken)
    {
        var dataFolder = DataFolder(folder);
        var primary = await NewServerAsync(folder, dataFolder, 1);
        var cluster = new DatabaseCluster(folder, dataFolder, primary, log) { WantsStandby = withStandby };
        try
        {
            await primary.CreateAsync(cancellationToken);
            await primary.StartAsync(cancellationToken);
            if (withStandby)
                await cluster.AddStandbyAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The way to the primary that faults of the path strike.</summary>
    public string ConnectionString(string database) => PostgresAddress.Of(Path.Port, database);

    /// <summary>The way to the primary, also after a failover, that no fault of the path strikes.</summary>
    public string DirectConnectionString(string database) => PostgresAddress.Of(_directPath.Port, database);

    /// <summary>Waits until a standby has all that is committed.</summary>
    public Task WaitForStandbyAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Patience.ForAsync(
            "A synchronous standby",
            deadline,
            async () => _standby is not null && await IsSynchronousAsync(cancellationToken),
            cancellationToken);

    /// <summary>Kills the primary and makes the standby the primary. A new standby is made in the background.</summary>
    public async Task FailOverAsync(TimeSpan gap, CancellationToken cancellationToken)
    {
        var (old, standby) = (Primary, _standby ?? throw new InvalidOperationException("There is no standby."));
        _standby = null;
        await old.KillAsync();
        await Task.Delay(gap, cancellationToken);
        await PromoteAsync(standby, cancellationToken);
        Primary = standby;
        (Path.Targets, _directPath.Targets) = ([standby.Port], [standby.Port]);
        _makingStandby = ReplaceAsync(old);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _makingStandby;
        await Path.DisposeAsync();
        await _directPath.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.CrashAsync();
            await server.Disk.DeleteAsync();
        }

        if (_dataFolder != _folder)
            Directory.Delete(_dataFolder, recursive: true);
        _end.Dispose();
    }

    // Root's clone may be closed to user postgres.
    private static string DataFolder(string folder) => Environment.IsPrivilegedProcess
        ? Directory.CreateTempSubdirectory("modelevents-faults-").FullName
        : folder;

    private static async Task<PostgresServer> NewServerAsync(string folder, string dataFolder, int number)
    {
        if (dataFolder != folder)
            await Command.RunAsync(["chmod", "711", dataFolder]);
        Directory.CreateDirectory(folder);
        var disk = await DataDisk.CreateAsync(System.IO.Path.Combine(dataFolder, $"postgres{number}"));
        return new PostgresServer($"postgres{number}", disk, System.IO.Path.Combine(folder, $"postgres{number}.log"));
    }

    private static async Task PromoteAsync(PostgresServer standby, CancellationToken cancellationToken)
    {
        await standby.QueryAsync("SELECT pg_promote(false)", cancellationToken);
        await Patience.ForAsync(
            "Promotion of the standby",
            PromoteDeadline,
            async () => await standby.QueryAsync("SELECT pg_is_in_recovery()", cancellationToken) is false,
            cancellationToken);
    }

    private async Task ReplaceAsync(PostgresServer old)
    {
        _servers.Remove(old);
        await old.Disk.DeleteAsync();
        while (_standby is null && !_end.IsCancellationRequested)
        {
            try
            {
                await AddStandbyAsync(_end.Token);
            }
            catch (Exception exception) when (exception is InvalidOperationException or NpgsqlException or TimeoutException)
            {
                // Another fault has struck the primary meanwhile.
                await _log.WriteLineAsync($"No new standby yet: {exception.Message}");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task AddStandbyAsync(CancellationToken cancellationToken)
    {
        var standby = await NewServerAsync(_folder, _dataFolder, ++_lastNumber);
        try
        {
            await standby.CloneAsync(Primary, cancellationToken);
            await standby.StartAsync(cancellationToken);
            await SynchronizeAsync(standby.Name, cancellationToken);
            _servers.Add(standby);
            _standby = standby;
        }
        catch
        {
            await NameStandbyAsync("", CancellationToken.None);
            await standby.CrashAsync();
            await standby.Disk.DeleteAsync();
            throw;
        }
    }

    // The setting is not in the standby's copy: commits do not wait after it has become the primary.
    private async Task SynchronizeAsync(string name, CancellationToken cancellationToken)
    {
        await NameStandbyAsync(name, cancellationToken);
        await Patience.ForAsync(
            "A synchronous standby",
            SyncDeadline,
            () => IsSynchronousAsync(cancellationToken),
            cancellationToken);
    }

    private async Task<bool> IsSynchronousAsync(CancellationToken cancellationToken) =>
        await Primary.QueryAsync(
            "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'",
            cancellationToken) is true;

    private async Task NameStandbyAsync(string name, CancellationToken cancellationToken)
    {
        if (!await Primary.AnswersAsync(cancellationToken))
            return;

        await Primary.QueryAsync($"ALTER SYSTEM SET synchronous_standby_names = '{name}'", cancellationToken);
        await Primary.QueryAsync("SELECT pg_reload_conf()", cancellationToken);
    }
}
