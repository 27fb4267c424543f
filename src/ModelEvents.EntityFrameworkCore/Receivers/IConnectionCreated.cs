using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents;

/// <summary>
/// Called whenever a captured context has opened a connection, from a pool or not: the place for what is to be set on it.
/// Pools give connections out as if they were new, so that what was set is lost when EF Core closes one after a query.
/// </summary>
public interface IConnectionCreated : IModelReceiver
{
    /// <summary>Called when the connection is open. Throwing fails what it was opened for, and closes it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="context">The context that it belongs to.</param>
    /// <param name="cancellationToken">The token of the call.</param>
    Task ConnectionCreatedAsync(DbConnection connection, DbContext context, CancellationToken cancellationToken);
}
