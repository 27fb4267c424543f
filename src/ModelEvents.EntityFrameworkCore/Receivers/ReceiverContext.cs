using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Receivers;

namespace ModelEvents;

/// <summary>What every receiver around a save is told.</summary>
public abstract class ReceiverContext
{
    private readonly ReceivedSave _save;

    private protected ReceiverContext(ReceivedSave save) => _save = save;

    /// <summary>The context that saves. A receiver queries and saves with this one, to be in the same transaction.</summary>
    public DbContext Using => _save.Context;

    /// <summary>The database that it saves to.</summary>
    public DatabaseFacade Database => Using.Database;

    /// <summary>
    /// Whether the save is a bulk load that asked for no side effects, by <c>SaveChangesRaw</c>. The receiver is called all the
    /// same and decides.
    /// </summary>
    public bool Raw => _save.IsRaw;

    /// <summary>
    /// Whether the save is asynchronous. In a synchronous one a receiver must complete without waiting, and so use
    /// synchronous calls: one that waits fails the save.
    /// </summary>
    public bool IsAsync => _save.IsAsync;
}
