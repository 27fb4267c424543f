using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>The connection whose advisory locks are a session's lanes. Losing it loses the lanes.</summary>
internal sealed class LockedConnection(ContextScope scope) : IAsyncDisposable
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    private int _class;

    public OutboxSql Sql { get; } = OutboxSql.Of(scope.Context);

    /// <summary>The channel on which this table's sessions are told to look.</summary>
    public string Channel { get; private set; } = "";

    private NpgsqlConnection Connection { get; } = (NpgsqlConnection)scope.Context.Database.GetDbConnection();

    public NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, Connection);

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    public NpgsqlBatch Batch() => new(Connection);

    /// <summary>Makes this connection a member.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        var configure = Command(LockSql.Configure, Value(SessionSettings.Names), Value(SessionSettings.Values));
        await ExecuteAsync(configure, cancellationToken).ConfigureAwait(false);

        using var identify = Command(Sql.Identify);
        var table = (uint)(await identify.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        Channel = OutboxSql.ChannelOf(table);

        // Away from 0 and other small numbers, which other users of advisory locks are fond of.
        _class = unchecked((int)(table ^ 0x6D6F_6465));
        await ExecuteAsync(
            Command(LockSql.Join, Value(_class), Value(LockSql.MemberKey), Value(Channel)), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Comes up to the fair share of lanes, and asks which lanes have due events.</summary>
    public async Task<LanesView> LookAsync(LaneSet held, CancellationToken cancellationToken)
    {
        using var look = Command(
            Sql.Look,
            Value(_class),
            LockClass(),
            Value(LockSql.MemberKey),
            Value(held.Count),
            Value(held.ToArray()));
        var reader = await look.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var (members, locked) = (reader.GetInt32(0), reader.GetInt32(1));

        if (locked != held.Count)
            throw new InvalidOperationException(
                $"The outbox's session leases {held.Count} lanes but its connection holds {locked} of their locks. " +
                "Connect to PostgreSQL directly, or through a pooler in session mode.");

        return new LanesView(members, LanesAt(2), LanesAt(3));

        LaneSet LanesAt(int column) => LaneSet.Of(reader.GetFieldValue<short[]>(column));
    }

    /// <summary>Hands <paramref name="lanes"/> on.</summary>
    public Task ReleaseAsync(LaneSet lanes, CancellationToken cancellationToken) =>
        ExecuteAsync(
            Command(
                LockSql.Release,
                Value(_class),
                Value(Array.ConvertAll(lanes.ToArray(), lane => (int)lane)),
                Value(Channel)),
            cancellationToken);

    /// <summary>Tells all sessions of the table that events may be due.</summary>
    public Task NotifyAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(Command(LockSql.Notify, Value(Channel)), cancellationToken);

    public static async Task ExecuteAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        using (command)
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Said explicitly because a pool may be told not to reset the connections that come back to it.
            using var timeout = new CancellationTokenSource(LeaveTimeout);
            await ExecuteAsync(Command(LockSql.Leave, Value(Channel)), timeout.Token).ConfigureAwait(false);
            await ExecuteAsync(Command(LockSql.Restore, Value(SessionSettings.Names)), timeout.Token)
                .ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A lost connection has lost its locks as well. One that only hangs must not go back to its pool.
            NpgsqlConnection.ClearPool(Connection);
        }

        await scope.DisposeAsync().ConfigureAwait(false);
    }

    private NpgsqlParameter<uint> LockClass() =>
        new NpgsqlParameter<uint> { TypedValue = unchecked((uint)_class), NpgsqlDbType = NpgsqlDbType.Oid };
}
