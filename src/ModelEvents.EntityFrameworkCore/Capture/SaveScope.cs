using System.Data;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>What is known about one running <c>SaveChanges</c>.</summary>
/// <param name="models">The listed models when the save began; a reload does not reach into it.</param>
/// <param name="state">What is remembered of the context, the save that this one runs inside of among it.</param>
/// <param name="transactions">Knows the transaction that the context has now.</param>
internal sealed class SaveScope(CapturedModels models, ContextState state, IDbContextTransactionManager transactions)
{
    private AutoTransactionBehavior? _behaviorBefore;
    private IRelationalConnection? _held;
    private bool _hasLeft;

    /// <summary>Who captures it.</summary>
    public required ContextCapture Capture { get; init; }

    /// <summary>What is remembered of the context.</summary>
    public ContextState State { get; } = state;

    public CapturedModels Models { get; } = models;

    public SaveScope? Outer { get; } = state.Save;

    /// <summary>What receivers know of it; <see langword="null"/> where there are none.</summary>
    public ReceivedSave? Received { get; init; }

    /// <summary>Whether nobody wants to know of this save.</summary>
    public bool IsOfNoInterest => Models.IsEmpty && Received is null;

    /// <summary>Whether EF Core begins and commits the transaction of this save.</summary>
    public bool OwnsTransaction { get; init; }

    /// <summary>
    /// The transaction that its rows are written in: the user's or, from the first command on, EF Core's own. None where
    /// there is no other, and none any more once that one has ended as it should.
    /// </summary>
    public object? Transaction { get; set; }

    /// <summary>What failed in the transaction. EF Core goes on where that was the release of its savepoint.</summary>
    public Exception? TransactionError { get; set; }

    /// <summary>Whether a transaction has begun since its attempt did.</summary>
    public bool HasBegunTransaction { get; set; }

    /// <summary>Whether its events are written and will not be again by another attempt.</summary>
    public bool IsSettled { get; set; }

    /// <summary>What changes; <see langword="null"/> until the first command is about to run.</summary>
    public List<Change>? Changes { get; set; }

    /// <summary>Whether the save is one statement, which writes its event without a transaction.</summary>
    public bool IsStatement { get; set; }

    /// <summary>The text of that statement, if it is worth preparing.</summary>
    public string? ToPrepare { get; set; }

    public bool HasChanges => Changes is { Count: > 0 };

    /// <summary>Whether one of its changes may meet a rule.</summary>
    public bool MayRaise { get; set; }

    /// <summary>Whether that none may was found out before its first command.</summary>
    public bool IsKnownToRaiseNothing { get; set; }

    /// <summary>Own events that were triggered while it had no transaction yet.</summary>
    public List<ModelEvent>? OwnEvents { get; private set; }

    /// <summary>Whether its changes are in a transaction of the user's, and its events not yet.</summary>
    public bool AwaitsEvents => this is { OwnsTransaction: false, IsSettled: false, Changes: { } changes }
        && changes.Exists(change => change.IsAccepted);

    /// <summary>Where the bodies of its events are, if the outbox copies them and nobody else sees them.</summary>
    public LentBodies? Bodies { get; set; }

    /// <summary>Adds an own event, which is appended with those of the changes and needs a transaction as they do.</summary>
    public void Add(ModelEvent own) => (OwnEvents ??= []).Add(own);

    /// <summary>Its events are committed, or rolled back with its changes.</summary>
    public void Settle() => (IsSettled, OwnEvents, Transaction) = (true, null, null);

    /// <summary>Whether its rows are in the transaction that the context has now.</summary>
    public bool IsInCurrentTransaction => Equals(Transaction, UserTransaction.Current(transactions));

    /// <summary>
    /// Whether what is written now would not be in the transaction of its rows: that has ended, or the connection has, which
    /// EF Core opens again without a word.
    /// </summary>
    public bool HasLostTransaction => !IsInCurrentTransaction
        || UserTransaction.IsLost(transactions)
        || _hasLeft
        || _held is { DbConnection.State: not ConnectionState.Open }
        || Transaction is Transaction { TransactionInformation.Status: not TransactionStatus.Active };

    /// <exception cref="DbUpdateException">Its transaction is lost.</exception>
    public void ThrowIfLost(DbContext context)
    {
        if (HasLostTransaction)
            throw UserTransaction.Lost(context, TransactionError);
    }

    /// <summary>A command is about to run on the open connection. Rows are written in the save's transaction alone.</summary>
    /// <exception cref="DbUpdateException">That is lost.</exception>
    public void EnterCommand(DbContext context)
    {
        if (OwnsTransaction && (transactions.CurrentTransaction ?? Transaction) is { } own)
            Transaction = own;
        if (Transaction is null || !HasChanges)
            return;

        ThrowIfLost(context);
        if (Transaction is Transaction && _held is null)
            Hold((IRelationalConnection)transactions);
    }

    /// <summary>Gives back what holds the bodies of its events, which are written.</summary>
    public void ReturnBodies()
    {
        Bodies?.Return();
        Bodies = null;
    }

    /// <summary>Lets EF Core begin a transaction for this save, whatever it changes.</summary>
    public void UseTransaction(DbContext context)
    {
        _behaviorBefore = context.Database.AutoTransactionBehavior;
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    /// <summary>Lets EF Core close the connection, as the save has ended.</summary>
    public void LetGo()
    {
        if (_held is null)
            return;

        _held.DbConnection.StateChange -= NoteOpened;
        _held.Close();
        _held = null;
    }

    /// <summary>Leaves the context as the save has found it.</summary>
    public void PutBack(DbContext context)
    {
        if (_behaviorBefore is { } behavior)
            context.Database.AutoTransactionBehavior = behavior;
        _behaviorBefore = null;
    }

    /// <summary>
    /// EF Core would close the connection before the events are written, and it is not certain that the next one is part of
    /// an ambient transaction too.
    /// </summary>
    private void Hold(IRelationalConnection connection)
    {
        connection.Open();
        connection.DbConnection.StateChange += NoteOpened;
        _held = connection;
    }

    /// <summary>Somebody else has opened the connection again: it is part of the transaction that is ambient now, if any.</summary>
    private void NoteOpened(object sender, StateChangeEventArgs change) =>
        _hasLeft |= change.CurrentState == ConnectionState.Open
            && !Equals(System.Transactions.Transaction.Current, Transaction);
}
