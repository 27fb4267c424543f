namespace ModelEvents.Tests.Infrastructure;

/// <summary>A PostgreSQL beside that of the tests, for those that need other settings or that take the server away.</summary>
public abstract class OtherPostgres(string name) : IAsyncLifetime
{
    /// <summary>Connection string of a role that may do everything. It stays the same when the server is started again.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await ScriptServices.RunAsync("drop-postgres", name);
        await StartAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await ScriptServices.RunAsync("drop-postgres", name);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts it, with settings that win over those of <c>config/postgresql.conf</c>.</summary>
    public async Task StartAsync(params string[] settings)
    {
        var started = await ScriptServices.StartAsync(["start-postgres", name, .. settings]);
        ConnectionString = started["MODELEVENTS_TEST_POSTGRES"];
    }

    /// <summary>Stops it as an administrator does; fails when it does not stop.</summary>
    public Task StopAsync() => ScriptServices.RunAsync("stop-postgres", name);

    /// <summary>Ends it between any two of its instructions.</summary>
    public Task CrashAsync() => ScriptServices.RunAsync("crash-postgres", name);
}
