using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ModelEvents.Capture;

/// <summary>
/// All that capture remembers, per context instance: a scoped service of EF Core's own provider, so that it lives and dies
/// with the context and is cleared when a pooled context is returned.
/// </summary>
internal sealed class ContextState : IResettableService, IDisposable
{
    private UncommittedEvents? _uncommitted;

    /// <summary>The running save, innermost first.</summary>
    public SaveScope? Save { get; set; }

    /// <summary>Whether the innermost save has just ended well, so that a failure reported now is still that save's.</summary>
    public bool JustSaved { get; set; }

    /// <summary>Whether the save that is about to begin is a bulk load that asks for no side effects.</summary>
    public bool IsRaw { get; set; }

    /// <summary>Whether the context makes instances of rows of the log, and not of the program's queries.</summary>
    public bool ReadsLog { get; set; }

    /// <summary>Exceptions of receivers that did not stop the last save.</summary>
    public List<ReceiverFailure>? Failures { get; set; }

    /// <summary>Whether events were appended in the transaction that is open.</summary>
    public bool HasUncommittedEvents { get; set; }

    /// <summary>The transaction that they were appended in, if any.</summary>
    public object? Transaction { get; set; }

    /// <summary>Whether the open transaction was handed in by <c>UseTransaction</c>, so that its commit may not be seen.</summary>
    public bool UsesForeignTransaction { get; set; }

    /// <summary>Whether a command has failed, after which some databases only roll the open transaction back.</summary>
    public bool HasFailedCommand { get; set; }

    /// <summary>Whether the commit of the open transaction is known to be a rollback.</summary>
    public bool IsAborted { get; set; }

    /// <summary>Changes about to be appended that lock no row of their instance, if any.</summary>
    public List<Change>? Unlocked { get; set; }

    /// <summary>The keys of own events that the open transaction has locked, as far as they are counted.</summary>
    public HashSet<long>? LockedKeys { get; set; }

    /// <summary>Events that wait in memory for the commit (<see cref="DeliveryMode.Direct"/>).</summary>
    public UncommittedEvents Uncommitted => _uncommitted ??= new UncommittedEvents();

    /// <summary>How much an open transaction holds in memory.</summary>
    public (int Events, long Bytes) Held => _uncommitted?.Size ?? default;

    public void ResetState()
    {
        Save = null;
        JustSaved = false;
        IsRaw = false;
        Failures = null;
        Unlocked = null;
        EndTransaction();
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }

    public void Dispose() => EndTransaction();

    public void EndTransaction()
    {
        HasUncommittedEvents = false;
        Transaction = null;
        UsesForeignTransaction = false;
        HasFailedCommand = false;
        IsAborted = false;
        LockedKeys = null;
        _uncommitted?.Abandon();
        _uncommitted = null;
    }
}
