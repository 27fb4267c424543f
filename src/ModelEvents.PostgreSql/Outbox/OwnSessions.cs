using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Connections that have a session of the server for themselves, as locks and notifications need, where those of the context
/// share sessions: https://www.npgsql.org/doc/performance.html#multiplexing
/// </summary>
internal static class OwnSessions
{
    /// <summary>The same connection string without multiplexing.</summary>
    public static string Of(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.Multiplexing)
            return connectionString;

        settings.Multiplexing = false;
        return settings.ConnectionString;
    }

    /// <summary>A captured context with such a connection.</summary>
    public static Task<ContextScope> OpenAsync(
        IServiceScopeFactory scopes, Type contextType, CancellationToken cancellationToken) =>
        ContextScope.OpenAsync(scopes, contextType, cancellationToken, Separate);

    private static void Separate(DbContext context)
    {
        if (context.Database.IsNpgsql()
            && context.Database.GetConnectionString() is { } connectionString
            && Of(connectionString) is var own
            && !ReferenceEquals(own, connectionString))
            context.Database.SetConnectionString(own);
    }
}
