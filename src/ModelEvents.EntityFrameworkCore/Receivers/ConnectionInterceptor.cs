using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Receivers;

/// <summary>
/// Tells receivers of connections that are opened. One that a receiver refuses is closed: EF Core would take it, open as it
/// is, for the next command.
/// </summary>
internal sealed class ConnectionInterceptor(LifeCycleReceivers<IConnectionCreated> receivers) : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (eventData.Context is not { } context)
            return;

        try
        {
            receivers.Call([context], (receiver, owner) => receiver.ConnectionCreatedAsync(connection, owner, default));
        }
        catch
        {
            connection.Close();
            throw;
        }
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is not { } context)
            return;

        try
        {
            await receivers.CallAsync<DbContext>(
                [context], (receiver, owner) => receiver.ConnectionCreatedAsync(connection, owner, cancellationToken))
                .ConfigureAwait(false);
        }
        catch
        {
            await connection.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }
}
