using Npgsql;

namespace ModelEvents.Faults.Servers;

/// <summary>One PostgreSQL server of Debian's packages.</summary>
internal sealed class PostgresServer(string name, DataDisk disk, string logFile)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(30);

    // The page cache survives the server's process, however it ends.
    private static readonly string[] Settings =
    [
        "fsync=off", "wal_level=logical", "max_replication_slots=50", "max_wal_senders=50", "max_connections=300",
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_slot_wal_keep_size=2GB", "wal_keep_size=256MB",
        "max_wal_size=512MB", "wal_retrieve_retry_interval=500ms", "log_line_prefix=%m [%p] %d %e ",
    ];

    // PostgreSQL refuses to run as root.
    private static readonly string[] AsPostgres = Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        : [];

    private ServerProcess? _process;

    public string Name => name;

    public DataDisk Disk => disk;

    public string LogFile => logFile;

    public int Port { get; } = Ports.Take();

    public bool Runs => _process is { Runs: true };

    public int ProcessId => _process?.Id ?? 0;

    private string Data => Path.Combine(disk.Folder, "data");

    /// <summary>Past every proxy.</summary>
    public string ConnectionString(string database) => PostgresAddress.Of(Port, database);

    /// <summary>Makes an empty database.</summary>
    public Task CreateAsync(CancellationToken cancellationToken) =>
        RunAsync(
            "initdb", ["--pgdata", Data, "--username", "modelevents", "--auth", "trust", "--encoding", "UTF8", "--locale",
                "C.UTF-8"],
            cancellationToken);

    /// <summary>Makes a standby of a primary.</summary>
    public Task CloneAsync(PostgresServer primary, CancellationToken cancellationToken) =>
        RunAsync(
            "pg_basebackup", ["--pgdata", Data, "--checkpoint", "fast", "--wal-method", "stream", "--write-recovery-conf",
                "--dbname", $"host=127.0.0.1 port={primary.Port} user=modelevents application_name={name}"],
            cancellationToken);

    /// <summary>Returns when it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        await Patience.ForAsync(
            $"A start of PostgreSQL ('{logFile}')",
            StartDeadline,
            async () =>
            {
                // After a kill, the memory of the last server is in use until its last process has seen it.
                if (!Runs)
                    _process = Launch();
                return await AnswersAsync(cancellationToken);
            },
            cancellationToken);

    /// <summary>A fast shutdown: sessions are ended.</summary>
    public Task StopAsync() => EndAsync("INT");

    /// <summary>An immediate shutdown: the next start recovers.</summary>
    public Task CrashAsync() => EndAsync("QUIT");

    public Task KillAsync() => EndAsync("KILL");

    /// <summary>Kills the process of one session: the server ends all others and recovers.</summary>
    public async Task KillSessionAsync()
    {
        var process = await QueryAsync(
            """
            SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
            ORDER BY random() LIMIT 1
            """,
            CancellationToken.None);
        if (process is int id)
            await Command.SignalAsync("KILL", id);
    }

    /// <summary>How many lines of its log contain a text.</summary>
    public async Task<int> CountLoggedAsync(string text, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var line in File.ReadLinesAsync(logFile, cancellationToken))
            count += line.Contains(text, StringComparison.Ordinal) ? 1 : 0;
        return count;
    }

    /// <summary>Runs a statement, and returns its first value.</summary>
    public async Task<object?> QueryAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false;Timeout=10");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync("SELECT 1", cancellationToken) is 1;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    private ServerProcess Launch()
    {
        IEnumerable<string> settings = [$"port={Port}", .. Settings];
        return ServerProcess.Start(
            logFile, [.. AsPostgres, PostgresBinaries.Of("postgres"), "-D", Data, .. settings.SelectMany(one => new[] { "-c", one })]);
    }

    private Task EndAsync(string signal) => _process?.EndAsync(signal, StopDeadline) ?? Task.CompletedTask;

    private static Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        Command.RunAsync([.. AsPostgres, PostgresBinaries.Of(program), .. arguments], null, cancellationToken);
}
