using ModelEvents.LogCapture;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Reads a slot's log over a replication connection for a <see cref="WalSession"/>, and tells the server up to where it is
/// done.
/// </summary>
internal sealed class WalStream : IAsyncDisposable
{
    // How long the server takes to notice that the other machine is gone, or the process stands still. With the time until
    // who stands by looks it makes the longest pause between two readers.
    private const string ServerTimeout = "-c wal_sender_timeout=7s";

    private const byte Transactional = 1;

    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);

    // Shorter than the server's: a reader that is cut off stops before another begins.
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(5.5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly WalSlot _slot;
    private readonly NpgsqlLogSequenceNumber _from;
    private readonly TimeProvider _time;
    private readonly LogicalReplicationConnection _connection;
    private readonly CancellationTokenSource _closing = new();
    private readonly IAsyncEnumerator<PgOutputReplicationMessage> _messages;
    private readonly Task<bool> _first;
    private Task _reading = Task.CompletedTask;

    private WalStream(
        WalSlot slot, NpgsqlLogSequenceNumber from, TimeProvider time, LogicalReplicationConnection connection)
    {
        (_slot, _from, _time, _connection) = (slot, from, time, connection);
        _messages = connection.StartReplication(new PgOutputReplicationSlot(slot.Name), slot.StreamOptions, _closing.Token)
            .GetAsyncEnumerator(CancellationToken.None);
        _first = FirstAsync();
    }

    /// <summary>The server, and from where on the slot keeps its log, as it was found.</summary>
    public SlotRecord? Begin { get; private set; }

    /// <summary>Up to where the server has sent what was committed; to be asked for before the positions are.</summary>
    public NpgsqlLogSequenceNumber Received => _connection.LastReceivedLsn;

    /// <summary>Up to where the server was told to forget the log, at most.</summary>
    public NpgsqlLogSequenceNumber Confirmed =>
        _connection.LastFlushedLsn > _from ? _connection.LastFlushedLsn : _from;

    /// <summary>The server's process that sends what is read.</summary>
    public int ProcessId => _connection.ProcessID;

    /// <summary>What reading has failed with.</summary>
    public Exception? Failure => _reading.Exception?.InnerException;

    /// <summary>Whether more may come.</summary>
    public bool IsReading => !_reading.IsCompleted;

    /// <summary>
    /// Begins to read a slot that was found at <paramref name="from"/>, or returns <see langword="null"/> where another process
    /// does.
    /// </summary>
    public static async Task<WalStream?> TryOpenAsync(
        WalSlot slot, NpgsqlLogSequenceNumber from, TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = await WalHosts.ChooseAsync(slot.ConnectionString, cancellationToken).ConfigureAwait(false);
        settings.Options = $"{settings.Options} {ServerTimeout}".TrimStart();
        await slot.Types.RefreshAsync(settings.ConnectionString, cancellationToken).ConfigureAwait(false);
        var connection = new LogicalReplicationConnection(settings.ConnectionString)
        {
            WalReceiverStatusInterval = StatusInterval,
            WalReceiverTimeout = ClientTimeout,
        };
        var server = await IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
        var stream = new WalStream(slot, from, time, connection);

        try
        {
            if (await stream.FindBeginAsync(cancellationToken).ConfigureAwait(false) is { } begin)
            {
                stream.Begin = new SlotRecord(server.SystemId, server.Timeline, begin);
                return stream;
            }
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Reads until the stream is closed or breaks; rows too where a context captures them.</summary>
    public Task RunAsync(WalPositions positions, PackUnpacker unpacker, WalGate gate, IRowCapture? capture)
    {
        var rows = capture is null ? null : new RowStream(capture, _slot.Types, AddAsync, UntilShownAsync);
        return _reading = ReadAsync(positions, unpacker, rows, AddAsync);

        Task AddAsync(LogEvents read, CancellationToken token) => gate.AddAsync(read, positions.Open, token);

        Task UntilShownAsync(CancellationToken token) => gate.UntilShownAsync(positions.Open, token);
    }

    /// <summary>Tells the server up to where the log may be forgotten.</summary>
    public async Task ConfirmAsync(NpgsqlLogSequenceNumber position, CancellationToken cancellationToken)
    {
        if (position <= _connection.LastFlushedLsn)
            return;

        _connection.SetReplicationStatus(position);

        // Not cancelled itself: a write that is cut off takes the connection with it, and the last confirmation.
        await _connection.SendStatusUpdate(CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Confirms a last time, and waits until the server has heard it: closing would overtake it.</summary>
    public async Task ConfirmLastAsync(NpgsqlLogSequenceNumber position, CancellationToken cancellationToken)
    {
        _connection.SetReplicationStatus(position);
        await _connection.SendStatusUpdate(cancellationToken).ConfigureAwait(false);

        while ((await _slot.LookAsync(cancellationToken).ConfigureAwait(false)).Confirmed < position)
            await Task.Delay(LookInterval, _time, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_first).ConfigureAwait(false);
        await Task.WhenAny(_reading).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private static async Task<ReplicationSystemIdentification> IdentifyAsync(
        LogicalReplicationConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Open(cancellationToken).ConfigureAwait(false);
            return await connection.IdentifySystem(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<bool> FirstAsync()
    {
        try
        {
            return await _messages.MoveNextAsync().ConfigureAwait(false);
        }
        catch (PostgresException refused) when (WalGap.IsMet(refused, _slot))
        {
            // Nothing is left before it.
            _slot.Gap.Find(_from);
            throw;
        }
    }

    /// <summary>
    /// Where the slot begins if this connection has it, else <see langword="null"/>. The server says nothing while there are
    /// no events, so that it is asked on another connection.
    /// </summary>
    private async Task<NpgsqlLogSequenceNumber?> FindBeginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_first is { IsFaulted: true, Exception.InnerException: PostgresException refused }
                && refused.SqlState == PostgresErrorCodes.ObjectInUse)
                return null;

            // Once it has sent the first it may have met a gap, and have left the slot.
            var hasBegun = _first.IsCompleted;
            if (hasBegun)
                await _first.ConfigureAwait(false);

            var state = await _slot.LookAsync(cancellationToken).ConfigureAwait(false);
            if (hasBegun && state.ActivePid is { } other && other != _connection.ProcessID)
                return null;
            if (hasBegun || state.ActivePid == _connection.ProcessID)
                return state.Confirmed;

            await Task.Delay(LookInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(
        WalPositions positions, PackUnpacker unpacker, RowStream? rows, Func<LogEvents, CancellationToken, Task> added)
    {
        for (var any = await _first.ConfigureAwait(false); any; any = await _messages.MoveNextAsync().ConfigureAwait(false))
        {
            switch (_messages.Current)
            {
                case BeginMessage begin:
                    positions.Begin(begin.TransactionXid);
                    rows?.Begin(begin);
                    break;
                case CommitMessage commit:
                    if (rows is not null)
                        await rows.FlushAsync(_closing.Token).ConfigureAwait(false);
                    positions.End(commit.TransactionEndLsn);
                    break;
                case LogicalDecodingMessage { Flags: not Transactional }:
                    break;
                case LogicalDecodingMessage message when message.Prefix == _slot.Prefix:
                    await ReadEventsAsync(message, unpacker, rows, added).ConfigureAwait(false);
                    break;
                case LogicalDecodingMessage mark when mark.Prefix == OriginMark.Prefix && rows is not null:
                    await ReadOriginAsync(mark, rows).ConfigureAwait(false);
                    break;
                case var other when rows is not null:
                    await rows.ReadAsync(other, _closing.Token).ConfigureAwait(false);
                    break;
            }
        }

        throw new InvalidOperationException(
            $"The server ended the stream of the replication slot '{_slot.Name}'. It is read again when another begins.");
    }

    private async Task ReadEventsAsync(
        LogicalDecodingMessage message,
        PackUnpacker unpacker,
        RowStream? rows,
        Func<LogEvents, CancellationToken, Task> added)
    {
        var (bytes, length) = await WalMessages.ReadAsync(message.Data, _closing.Token).ConfigureAwait(false);
        var begin = BeginOf(message, length);
        await (rows?.AddAsync(HandOnAsync, bytes.Length, _closing.Token) ?? HandOnAsync(_closing.Token)).ConfigureAwait(false);

        Task HandOnAsync(CancellationToken cancellationToken)
        {
            var (events, failed) = bytes.Length == length
                ? unpacker.Read(bytes, begin)
                : unpacker.Keep(bytes, length, begin, WalMessages.TooLarge);
            var own = failed.Length > 0 ? events : rows?.WithoutDoubles(events) ?? events;
            return own.Length > 0 ? added(new LogEvents(own, failed), cancellationToken) : Task.CompletedTask;
        }
    }

    private async Task ReadOriginAsync(LogicalDecodingMessage mark, RowStream rows)
    {
        var origin = await WalMessages.ReadOriginAsync(mark.Data, _closing.Token).ConfigureAwait(false);
        rows.SetOrigin(origin);
    }

    /// <summary>
    /// A number within the message's record: its own position is that of its end, and so of the record that follows, which
    /// may be a row's.
    /// </summary>
    private static long BeginOf(LogicalDecodingMessage message, long length) =>
        LogNumbers.Of((ulong)message.MessageLsn - (ulong)length);
}
