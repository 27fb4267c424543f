using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// The connection whose advisory lock says that its process reads the packs, and which does all that work, so that whoever
/// lost the lock cannot take anything out. The lock ends with the connection.
/// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
/// </summary>
internal sealed class LeaderConnection(ContextScope scope, TimeSpan pollInterval, TimeProvider time) : IAsyncDisposable
{
    private const int WriterKey = 101;
    private const int FirstOwnKey = 1000;

    // While there is anything to do it is used so often.
    public static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(2);

    // Before another process might end it for being idle.
    private static readonly TimeSpan SureFor = LeaderCheck.Patience - TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    private readonly OutboxSql _sql = OutboxSql.Of(scope.Context);
    // Longer than whoever leads does without the connection.
    private readonly TimeSpan _idleTimeout = pollInterval + TimeSpan.FromSeconds(10);

    private int _class;
    private long _usedAt = time.GetTimestamp();
    private bool _isAwaiting;
    private bool _isOwn;

    /// <summary>The channel on which the leader is told to look.</summary>
    public string Channel { get; private set; } = "";

    private NpgsqlConnection Connection { get; } = (NpgsqlConnection)scope.Context.Database.GetDbConnection();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var identify = Command(_sql.Identify);
        var table = (uint)(await identify.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        await PooledSessions.ThrowIfSharedAsync(Connection, cancellationToken).ConfigureAwait(false);
        _isOwn = true;
        using var configure = Command(
            SessionSettings.Configure, Value(SessionSettings.Names), Value(SessionSettings.ValuesFor(_idleTimeout)));
        await configure.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        Channel = OutboxSql.ChannelOf(table);
        _class = unchecked((int)table) ^ LeaderSql.ClassMark;
    }

    /// <summary>Whether the session was not used for so long that it may have been ended, as this process stood still.</summary>
    public bool IsUnsure => time.GetElapsedTime(Volatile.Read(ref _usedAt)) > SureFor;

    /// <summary>Uses the session where it was not used for long.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_usedAt) < KeepInterval)
            return;

        var began = time.GetTimestamp();
        using var command = Command("SELECT 1");
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        Used(began);
    }

    /// <summary>The same while something goes on elsewhere that may take long.</summary>
    public async Task KeepWhileAsync(Task work, CancellationToken cancellationToken)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(KeepInterval, time, cancellationToken)).ConfigureAwait(false);
            await KeepAsync(cancellationToken).ConfigureAwait(false);
        }

        await work.ConfigureAwait(false);
    }

    /// <summary>
    /// Tries to become the leader, again and again for <paramref name="atMost"/>. The server does the waiting, in one
    /// statement: not for the lock itself, which it would log as an error when it gives up.
    /// </summary>
    public async Task<bool> TryLeadAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var lead = Command(
            LeaderSql.TryLead, Value(_class), Value(LeaderSql.LeaderKey), Value(LeaderSql.Interval.TotalSeconds),
            Value((int)(atMost / LeaderSql.Interval)));
        lead.CommandTimeout = (int)(atMost + LeaveTimeout).TotalSeconds;
        return await lead.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    /// <summary>Lets the process that leads know that this one would.</summary>
    public async Task AwaitAsync(CancellationToken cancellationToken)
    {
        if (!_isAwaiting)
            await RunAsync(LeaderSql.Await, cancellationToken).ConfigureAwait(false);

        _isAwaiting = true;
    }

    /// <summary>
    /// Lets <paramref name="fence"/> know that this process leads now: by a lock of its own, which only this connection has.
    /// </summary>
    public async Task BeginAsync(LeaderFence fence, CancellationToken cancellationToken)
    {
        var own = Random.Shared.Next(FirstOwnKey, int.MaxValue);
        if (_isAwaiting)
            await RunAsync(LeaderSql.AwaitNoMore, cancellationToken).ConfigureAwait(false);

        _isAwaiting = false;
        using var mark = Command(LeaderSql.Mark, Value(_class), Value(own));
        await mark.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await fence.BeginAsync(
            Connection,
            FormattableString.Invariant($"{_class}, {WriterKey}"),
            FormattableString.Invariant($"NOT pg_try_advisory_xact_lock_shared({_class}, {own})"),
            enter: "NULL",
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Deletes the packs that are <paramref name="done"/>, and reads up to <paramref name="limit"/> others, in one round
    /// trip. By prepared statements: planning them takes longer than running them.
    /// </summary>
    public async Task<PackReading> ReadAsync(
        long[] done, PackIntervals intervals, int limit, CancellationToken cancellationToken)
    {
        using var batch = new NpgsqlBatch(Connection);
        if (done.Length > 0)
            batch.BatchCommands.Add(Part(_sql.Delete, Value(done)));

        if (limit > 0)
            AddRead(batch, intervals, limit);

        await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var began = time.GetTimestamp();
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        Used(began);
        return limit == 0
            ? PackReading.None
            : await PackReading.ReadAsync(reader, intervals.HasGaps, limit, cancellationToken).ConfigureAwait(false);
    }

    private void AddRead(NpgsqlBatch batch, PackIntervals intervals, int limit)
    {
        if (!intervals.HasGaps)
        {
            batch.BatchCommands.Add(Part(_sql.Read, Value(intervals.Highest), Value(limit)));
            return;
        }

        batch.BatchCommands.Add(Part(intervals.NeedsNext ? _sql.OldestRunningAndNext : _sql.OldestRunning));
        batch.BatchCommands.Add(
            Part(_sql.ReadIntervals, Value(intervals.Lows), Value(intervals.Highs), Value(limit)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOwn)
            await LeaveAsync().ConfigureAwait(false);

        await scope.DisposeAsync().ConfigureAwait(false);
    }

    private async Task LeaveAsync()
    {
        try
        {
            // Said explicitly because a pool may be told not to reset the connections that come back to it.
            using var timeout = new CancellationTokenSource(LeaveTimeout);
            using var leave = Command(LeaderSql.Leave);
            await leave.ExecuteNonQueryAsync(timeout.Token).ConfigureAwait(false);
            using var restore = Command(SessionSettings.Restore, Value(SessionSettings.Names));
            await restore.ExecuteNonQueryAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A lost connection has lost its lock as well. One that only hangs must not go back to its pool.
            NpgsqlConnection.ClearPool(Connection);
        }
    }

    /// <summary>When it began: the answer may have waited for a process that stood still.</summary>
    private void Used(long began) => Volatile.Write(ref _usedAt, began);

    private async Task RunAsync(string lockStatement, CancellationToken cancellationToken)
    {
        using var command = Command(lockStatement, Value(_class), Value(LeaderSql.AwaitKey));
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, Connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    private static NpgsqlBatchCommand Part(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var part = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            part.Parameters.Add(parameter);

        return part;
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
