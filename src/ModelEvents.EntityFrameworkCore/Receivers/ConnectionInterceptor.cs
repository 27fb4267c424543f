using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Receivers;

/// <summary>Tells receivers of connections that are opened for the first time.</summary>
internal sealed class ConnectionInterceptor(LifeCycleReceivers<IConnectionCreated> receivers) : DbConnectionInterceptor
{
    private static readonly object Mark = new();

    private readonly ConditionalWeakTable<DbConnection, object> _known = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (IsFirst(connection) && eventData.Context is { } context)
            receivers.Call([context], (receiver, owner) => receiver.ConnectionCreatedAsync(connection, owner, default));
    }

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
        IsFirst(connection) && eventData.Context is { } context
            ? receivers.CallAsync(
                [context], (receiver, owner) => receiver.ConnectionCreatedAsync(connection, owner, cancellationToken))
            : Task.CompletedTask;

    private bool IsFirst(DbConnection connection) => _known.TryAdd(connection, Mark);
}
