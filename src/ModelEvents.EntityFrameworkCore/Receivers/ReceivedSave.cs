using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>One running save, as receivers know it.</summary>
/// <param name="context">The context that saves.</param>
/// <param name="receivers">The receivers when the save began.</param>
/// <param name="services">Where they come from; those of <paramref name="outer"/> where there is one.</param>
/// <param name="outer">The save whose receivers make this one, if any.</param>
internal sealed class ReceivedSave(
    DbContext context, ReceiverSet receivers, ReceiverServices services, ReceivedSave? outer) : IDisposable, IAsyncDisposable
{
    private SaveSnapshot? _snapshot;
    private SaveSnapshot? _leftover;
    private AcceptanceWatch? _watch;
    private bool _isAhead;

    public DbContext Context => context;

    public ReceiverSet Receivers => receivers;

    public ReceiverServices Services => services;

    public ReceivedSave? Outer => outer;

    public required bool IsRaw { get; init; }

    public required bool IsAsync { get; init; }

    /// <summary>What is to be called before the commit; nothing until the first command is about to run.</summary>
    public IReadOnlyList<PlannedCall> After { get; private set; } = [];

    /// <summary>Whether that has been called, or is being called now.</summary>
    public bool IsCalled { get; private set; }

    /// <summary>Whether receivers are being called, so that a save of the context is one inside of this.</summary>
    public bool IsCalling { get; set; }

    /// <summary>Whether something is still to be called before the commit.</summary>
    public bool IsAwaited => !IsCalled && After.Count > 0;

    /// <summary>Whether EF Core has accepted what is saved.</summary>
    public bool IsAccepted => _snapshot is { IsAccepted: true };

    /// <summary>The transaction in which that is called.</summary>
    public IDbContextTransaction? Transaction { get; private set; }

    /// <summary>Why nothing of this save may be committed, whatever a receiver made of the exception.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Notes what is to be called before the commit, while entries still have their states and original values.</summary>
    /// <param name="hasTransaction">Whether the save has a transaction, or needs none.</param>
    /// <exception cref="InvalidOperationException">It has none, and something is to be called in it.</exception>
    public void Note(bool hasTransaction)
    {
        After = SavePlan.After(this);
        if (After.Count > 0 && !hasTransaction)
            throw NoTransaction();

        if (After.Count > 0 || outer is not null)
            _snapshot = new SaveSnapshot(context);
        if (_snapshot is not null)
            outer?._snapshot?.Add(_snapshot);
    }

    public void BeginCalls() =>
        (IsCalled, Failure, Transaction) = (true, null, context.Database.CurrentTransaction);

    /// <summary>Lets receivers find the changes as they are after the save, although EF Core has not accepted them.</summary>
    public void Accept()
    {
        _isAhead = true;
        _snapshot!.Accept();
    }

    /// <summary>The transaction is rolled back: changes that were accepted ahead are pending again.</summary>
    public void Undo()
    {
        if (!_isAhead)
            return;

        (_isAhead, IsCalled) = (false, false);
        _watch?.Stop();
        _snapshot!.Undo();
    }

    /// <summary>
    /// All is called, and EF Core will accept the changes once more, or be asked not to. Remembers what receivers have changed
    /// on the same instances and not saved, as that would be accepted too.
    /// </summary>
    public void AwaitEnd()
    {
        if (!_isAhead)
            return;

        _leftover = TrackedEntries.Changed(context).Any() ? new SaveSnapshot(context) : null;
        _watch = new AcceptanceWatch(this);
        _watch.Start();
    }

    /// <summary>The save has ended well, and was to accept its changes or to leave them pending.</summary>
    public void End(bool accepts)
    {
        _isAhead = false;
        if (!accepts)
            _snapshot!.Unaccept();
        else
            _leftover?.PutBack();
    }

    public void Dispose()
    {
        if (outer is null)
            services.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        if (IsAsync && outer is null)
            return services.DisposeAsync();

        Dispose();
        return ValueTask.CompletedTask;
    }

    private InvalidOperationException NoTransaction() => new(
        $"A model with receivers ('{After[0].Model.GetType()}') was changed after ModelEvents had looked at the save of "
        + $"'{context.GetType().Name}', which therefore has no transaction. Do not replace EF Core's 'IBatchExecutor', or "
        + "set 'Database.AutoTransactionBehavior' to 'Always'.");
}
