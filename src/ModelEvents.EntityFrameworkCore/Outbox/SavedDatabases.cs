using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelEvents.Outbox;

/// <summary>
/// The databases that the saves of one context type reach, as one for each tenant, and which of them a dispatcher of this
/// process has opened. <see cref="DatabaseLooks"/> finds out in the background whether somebody else reads the others.
/// </summary>
internal sealed class SavedDatabases(
    Type contextType, IOptions<ModelEventsOptions> options, LookTimes times, TimeProvider time)
{
    // Others are told apart anew by every save, and are remembered when one of these is forgotten.
    private const int Most = 1000;

    private readonly ConcurrentDictionary<SavedDatabaseKey, SavedDatabase> _databases = [];
    private readonly UndispatchedDatabases _reaction = options.Value.Outbox.UndispatchedDatabases;
    private readonly bool _dispatches = options.Value.Dispatcher.Enabled;
    private readonly long _began = time.GetTimestamp();
    private readonly Channel<bool> _doubted =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile SavedDatabase? _last;
    private volatile bool _hasOpened;

    public string Context => contextType.Name;

    /// <summary>Whether no more can be remembered.</summary>
    public bool IsFull => _databases.Count >= Most;

    /// <summary>Whether a dispatcher of this process has opened one.</summary>
    public bool HasOpened => _hasOpened;

    /// <summary>Those that no dispatcher of this process has opened.</summary>
    public IEnumerable<SavedDatabase> Others => _databases.Select(pair => pair.Value).Where(database => !database.IsOurs);

    /// <summary>A dispatcher of this process has opened the database of <paramref name="context"/>, whose connection is open.</summary>
    public void Opened(DbContext context, IDatabaseOutbox outbox)
    {
        var connection = ConnectionOf(context);
        var key = SavedDatabaseKey.Of(connection, outbox.TableOf(context));
        if (_databases.TryGetValue(key, out var before) && before.IsOurs)
            return;

        _databases[key] = SavedDatabase.Ours(key, connection, context);
        (_last, _hasOpened) = (null, true);
        Forget(before);
    }

    /// <summary>A dispatcher of this process has opened the database that a context of its own is for.</summary>
    public async Task OpenedAsync(
        IServiceScopeFactory scopes, IDatabaseOutbox outbox, CancellationToken cancellationToken)
    {
        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        Opened(scope.Context, outbox);
    }

    /// <summary>Events are about to be written on the connection of <paramref name="context"/>, which is open.</summary>
    /// <exception cref="InvalidOperationException">Nobody reads them, and such saves are to be refused.</exception>
    public void Saving(DbContext context, IDatabaseOutbox outbox)
    {
        if (Note(context, outbox) is { } doubted && !IsRead(doubted, doubted.Look!.Run(context, isFirst: !doubted.IsTold)))
            throw Refusal(doubted);
    }

    /// <inheritdoc cref="Saving"/>
    public ValueTask SavingAsync(DbContext context, IDatabaseOutbox outbox, CancellationToken cancellationToken) =>
        Note(context, outbox) is { } doubted ? new(ThrowUnlessReadAsync(context, doubted, cancellationToken)) : default;

    /// <summary>Waits until a database is saved into that was not before.</summary>
    public ValueTask<bool> UntilDoubtedAsync(CancellationToken cancellationToken) => _doubted.Reader.ReadAsync(cancellationToken);

    /// <summary>Forgets a database: the next save into it is the first again.</summary>
    public void Forget(SavedDatabase? database)
    {
        if (database is null)
            return;

        _databases.TryRemove(new KeyValuePair<SavedDatabaseKey, SavedDatabase>(database.Key, database));
        Interlocked.CompareExchange(ref _last, null, database);
        database.Look?.Dispose();
    }

    // The dispatcher of this process may be about to open it.
    private bool IsStarting => _dispatches && !_hasOpened && time.GetElapsedTime(_began) < times.Patience;

    private SavedDatabase Find(DbContext context, DbConnection connection, IDatabaseOutbox outbox)
    {
        var key = SavedDatabaseKey.Of(connection, outbox.TableOf(context));
        if (_databases.TryGetValue(key, out var known))
            return known.With(context);

        var another = IsFull ? null : LeaderLook.Another(context, connection);
        var look = new LeaderLook(outbox.SignQuery(context), outbox.IsSignChanging, another);
        var added = SavedDatabase.Unknown(key, connection, context, look, time.GetTimestamp());
        if (another is null && IsFull)
            return added;

        known = _databases.GetOrAdd(key, added);
        if (known != added)
            look.Dispose();
        _doubted.Writer.TryWrite(true);
        return known;
    }

    /// <summary>Notes a save; returns its database if that must be asked first whether anybody reads its events.</summary>
    private SavedDatabase? Note(DbContext context, IDatabaseOutbox outbox)
    {
        if (_reaction == UndispatchedDatabases.Ignore)
            return null;

        var connection = ConnectionOf(context);
        var database = _last;
        if (database is null || !database.Is(connection, context))
            _last = database = Find(context, connection, outbox);
        if (database.IsOurs)
            return null;

        database.IsSaved = true;
        return _reaction == UndispatchedDatabases.Throw && !database.IsLed && !IsStarting ? database : null;
    }

    private async Task ThrowUnlessReadAsync(DbContext context, SavedDatabase doubted, CancellationToken cancellationToken)
    {
        var isRead = await doubted.Look!.RunAsync(context, isFirst: !doubted.IsTold, cancellationToken).ConfigureAwait(false);
        if (!IsRead(doubted, isRead))
            throw Refusal(doubted);
    }

    private static bool IsRead(SavedDatabase database, bool isRead)
    {
        if (isRead && !database.Look!.IsChanging)
            database.IsLed = true;
        return isRead;
    }

    private InvalidOperationException Refusal(SavedDatabase database) => new(
        $"No dispatcher reads the events of '{Context}' in the database '{database.Name}', and "
        + "'ModelEvents:Outbox:UndispatchedDatabases' is 'Throw'. Let a dispatcher run for it, or set that to 'Warn'.");

    private static DbConnection ConnectionOf(DbContext context) => context.GetService<IRelationalConnection>().DbConnection;
}
