using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>How a slot is reached: on that of several hosts that can be written to, which has it.</summary>
internal static class WalHosts
{
    private const int KeepAliveSeconds = 10;

    /// <summary>A connection string that reaches that one, with a session for each connection.</summary>
    public static string ToPrimary(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!AreSeveral(settings))
            return OwnSessions.Of(connectionString);

        settings.TargetSessionAttributes = "primary";
        return OwnSessions.Of(settings.ConnectionString);
    }

    /// <summary>The settings for a replication connection, which the driver makes to one host only.</summary>
    public static async Task<NpgsqlConnectionStringBuilder> ChooseAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!AreSeveral(settings))
            return settings;

        var connection = new NpgsqlConnection(connectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        settings.TargetSessionAttributes = null;
        (settings.Host, settings.Port) = (connection.Host, connection.Port);
        return settings;
    }

    /// <summary>
    /// A connection of its own for what may take long, also waiting for locks, whatever limits of these the database, the role or
    /// the connection string has. Not from a pool: what it locks and what is set end with it.
    /// </summary>
    public static string Patient(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            CommandTimeout = 0,

            // What else tells, while it waits, that nobody is there any more.
            TcpKeepAlive = true,
            TcpKeepAliveTime = KeepAliveSeconds,
            TcpKeepAliveInterval = KeepAliveSeconds,
        };
        settings.Options = $"{settings.Options} -c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0".TrimStart();
        return settings.ConnectionString;
    }

    private static bool AreSeveral(NpgsqlConnectionStringBuilder settings) => settings.Host?.Contains(',') == true;
}
