using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents;

/// <summary>
/// Called when a connection of a captured context is opened for the first time: the place for what is to be set once on it.
/// Databases that pool connections reset them in between, and the context then gets another one.
/// </summary>
public interface IConnectionCreated : IModelReceiver
{
    /// <summary>Called when the connection is open. Throwing fails what it was opened for.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="context">The context that it belongs to.</param>
    /// <param name="cancellationToken">The token of the call.</param>
    Task ConnectionCreatedAsync(DbConnection connection, DbContext context, CancellationToken cancellationToken);
}
