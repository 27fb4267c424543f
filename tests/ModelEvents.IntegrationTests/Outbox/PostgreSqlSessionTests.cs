using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Outbox;

/// <summary>Sessions of the packs in surroundings that they do not choose: settings of the database, and poolers.</summary>
public sealed class PostgreSqlSessionTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        await using var process = NewProcess(_database.ConnectionString);
        await using var scope = process.Scope();
        await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Token);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Time_limits_of_the_database_end_neither_a_stand_by_nor_a_listener()
    {
        await _database.ExecuteAsync(
            $"""
            ALTER DATABASE {_database.Name} SET statement_timeout = '400ms';
            ALTER DATABASE {_database.Name} SET lock_timeout = '200ms';
            ALTER DATABASE {_database.Name} SET idle_session_timeout = '400ms'
            """);
        await using var first = NewProcess(Limited("first"));
        await using var second = NewProcess(Limited("second"));
        await using var leader = await first.Outbox.OpenAsync(Token);
        await using var standby = await second.Outbox.OpenAsync(Token);

        await LastsAsync("state = 'active' AND query LIKE 'WITH RECURSIVE attempt%'", "query_start");
        await LastsAsync("state = 'idle' AND query LIKE 'LISTEN %'", "state_change");

        // Neither session is lost.
        Assert.Empty(await leader.ClaimAsync(LaneSlice.All, 10, Token));
        Assert.Empty(await standby.ClaimAsync(LaneSlice.All, 10, Token));
    }

    [Fact]
    public async Task A_pooler_in_transaction_mode_is_refused_and_its_sessions_stay_as_they_were()
    {
        await using var pooler = new TransactionPooler(_database.ConnectionString);
        await using var process = NewProcess(pooler.ConnectionString);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => process.Outbox.OpenAsync(Token));

        Assert.Contains("a pooler in transaction mode", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await _database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' " +
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        await using var another = new NpgsqlConnection(pooler.ConnectionString);
        await another.OpenAsync(Token);
        await using var show = new NpgsqlCommand("SHOW synchronous_commit", another);
        Assert.Equal("on", await show.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task A_pooler_that_keeps_to_a_session_serves_as_the_server_does()
    {
        await using var pooler = new PoolerProxy(_database.ConnectionString);
        await using var process = NewProcess(pooler.ConnectionString);
        await using var session = await process.Outbox.OpenAsync(Token);

        await process.CommitAsync(TestEvents.Make("7"));

        await Eventually.TrueAsync(
            async () => (await session.ClaimAsync(LaneSlice.All, 10, Token)).Count == 1, () => "nobody reads");
    }

    [Fact]
    public async Task A_read_has_the_server_send_no_more_bytes_than_are_taken_in()
    {
        await using var process = NewProcess(_database.ConnectionString);
        await using var scope = process.Scope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        await context.Database.OpenConnectionAsync(Token);
        await _database.ExecuteAsync(
            "INSERT INTO model_events_outbox_packs (count, events) " +
            "SELECT 1, decode(repeat(md5('body'), 65536), 'hex') FROM generate_series(1, 40)");
        var sql = OutboxSql.Of(context);
        long[] froms = [0], tos = [long.MaxValue];

        var after = await CountAsync(context, sql.Read, 0L, 12_000);
        var between = await CountAsync(context, sql.ReadIntervals, froms, tos, 12_000);
        var few = await CountAsync(context, sql.Read, 0L, 3);

        Assert.Equal((16, 16, 3), (after, between, few));

        // What is taken in beside the log.
        var (taken, isCut) = await OutboxContext.RunAsync(
            scope.ServiceProvider.GetRequiredService<IServiceScopeFactory>(), typeof(ParcelContext),
            outbox => new AsideSql(outbox).NextPacksAsync(Token), Token);
        Assert.Equal((16, true), (taken.Count, isCut));
    }

    [Fact]
    public async Task Who_shares_sessions_by_multiplexing_reads_with_one_of_its_own()
    {
        await using var process = NewProcess(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Multiplexing = true }.ConnectionString);
        await using var session = await process.Outbox.OpenAsync(Token);

        await _database.ExecuteAsync("SELECT pg_notify('model_events_' || 'model_events_outbox_packs'::regclass::oid, '')");
        await process.CommitAsync(TestEvents.Make("7"));

        await Eventually.TrueAsync(
            async () => (await session.ClaimAsync(LaneSlice.All, 10, Token)).Count == 1, () => "nobody reads");
    }

    [Fact]
    public async Task The_session_of_who_leads_is_used_while_events_wait_for_their_table()
    {
        await using var process = NewProcess(Limited("leader"));
        await using var session = await process.Outbox.OpenAsync(Token);
        await process.CommitAsync(TestEvents.Make("7"));
        IReadOnlyList<OutboxEntry> claimed = [];
        await Eventually.TrueAsync(
            async () => (claimed = await session.ClaimAsync(LaneSlice.All, 10, Token)).Count == 1, () => "nobody reads");
        var failed = new FailedEvent(claimed[0].Event, 1, "refused", TimeSpan.FromHours(1));
        await session.CompleteAsync(LaneSlice.All, [], [failed], Token);
        await using var other = new NpgsqlConnection(_database.ConnectionString);
        await other.OpenAsync(Token);
        await using var hold = await other.BeginTransactionAsync(Token);
        await new NpgsqlCommand("LOCK TABLE model_events_outbox IN EXCLUSIVE MODE", other).ExecuteNonQueryAsync(Token);

        // More than are put there later on, with others.
        await process.CommitAsync(TestEvents.Steps("7", 1200));

        await LastsAsync("wait_event_type = 'Lock'", "query_start");
        var waits = await _database.ScalarAsync<DateTime>(
            "SELECT query_start FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        await Eventually.TrueAsync(
            () => _database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT 1' "
                + $"AND query_start > '{waits:O}'::timestamptz)"),
            () => "it is not used");
        await hold.RollbackAsync(Token);
    }

    [Fact]
    public async Task Many_packs_are_counted_by_their_ids()
    {
        await using var process = NewProcess(_database.ConnectionString);
        await _database.ExecuteAsync(
            "INSERT INTO model_events_outbox_packs (count, events) SELECT 2, '\\x00' FROM generate_series(1, 30000)");

        Assert.Equal(60_000, (await process.Outbox.GetStatusAsync(Token)).Waiting);

        // The first still waits, and so do the last.
        await _database.ExecuteAsync("""
            DELETE FROM model_events_outbox_packs WHERE id > (SELECT min(id) FROM model_events_outbox_packs)
                AND id < (SELECT id FROM model_events_outbox_packs ORDER BY id DESC LIMIT 1 OFFSET 22000);
            ANALYZE model_events_outbox_packs
            """);
        Assert.InRange((await process.Outbox.GetStatusAsync(Token)).Waiting, 44_000, 44_010);
    }

    private static async Task<int> CountAsync(ParcelContext context, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, (NpgsqlConnection)context.Database.GetDbConnection());
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });

        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = 0;
        while (await reader.ReadAsync(Token))
            rows++;

        return rows;
    }

    private static OutboxProcess NewProcess(string connectionString) => new(
        connectionString,
        services => new CaptureBuilder<ParcelContext>(services).UsePostgreSql(),
        TimeProvider.System);

    /// <summary>Connections that are made from now on.</summary>
    private string Limited(string name) =>
        new NpgsqlConnectionStringBuilder(_database.ConnectionString) { ApplicationName = name }.ConnectionString;

    private Task LastsAsync(string what, string since) => Eventually.TrueAsync(
        () => _database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() " +
            $"AND {what} AND clock_timestamp() - {since} > '1 s')"),
        () => $"nothing lasts where {what}");
}
