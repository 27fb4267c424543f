using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Dispatching;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>Listens for other processes' notifications, and listens again when its connection is lost.</summary>
internal sealed class OutboxListener(IServiceScopeFactory scopes, Type contextType, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private int _failures;

    /// <summary>
    /// Calls <paramref name="notified"/> for each notification, and each time listening begins or is lost as if events were
    /// set aside: a notification of that, or of events, may be missed.
    /// </summary>
    public async Task RunAsync(string channel, Action<string> notified, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await ListenUntilLostAsync(channel, notified, cancellationToken).ConfigureAwait(false);
                await Task.Delay(Backoff.Delay(_failures++, FirstRest, LongestRest), time, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The session is being closed.
        }
    }

    private async Task ListenUntilLostAsync(
        string channel, Action<string> notified, CancellationToken cancellationToken)
    {
        try
        {
            await ListenAsync(channel, notified, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What ended this connection has perhaps ended the one that leads too, which finds out only when it is used.
            notified(OutboxSql.AsideChanged);
            if (_failures == 0)
                Log.NotListening(logger, exception, contextType.Name);
        }
    }

    private async Task ListenAsync(string channel, Action<string> notified, CancellationToken cancellationToken)
    {
        var scope = await OwnSessions.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        var connection = (NpgsqlConnection)scope.Context.Database.GetDbConnection();
        connection.Notification += (_, notification) => notified(notification.Payload);
        using var listen = new NpgsqlBatch(connection)
        {
            BatchCommands = { new NpgsqlBatchCommand(SessionSettings.Listen), new NpgsqlBatchCommand($"LISTEN {channel}") },
        };
        await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        if (_failures > 0)
            Log.ListeningAgain(logger, contextType.Name);

        _failures = 0;
        notified(OutboxSql.AsideChanged);

        while (true)
            await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
