using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Outbox;

/// <summary>What others write where events wait, and what a reader may do that does not read any more.</summary>
public abstract partial class OneReaderContract
{
    // A pack of one event without any text: version, number, mark, id, five empty texts and a time, no headers, key and body.
    private const string Begin = "0101" + "00" + "0190000000007000800000000000000f";

    /// <summary>Which of the server's processes is the one that reads.</summary>
    private protected abstract string Reads { get; }

    /// <summary>Writes bytes where events are written, as any program can that may.</summary>
    private protected abstract Task WriteAsync(string hex);

    [Theory]
    [InlineData("", "at byte 0 of 0")]
    [InlineData("07", "format '7'")]
    [InlineData("0100", "cannot have 0 events")]
    [InlineData("01ffffffff07", "cannot have 2147483647 events")]
    [InlineData("01ffffffffffffffff", "a number is too large")]
    [InlineData("deadbeefdeadbeef", "format '222'")]
    [InlineData(Begin + "01ff0000" + "08d0000000000000" + "00" + "00" + "00", "not UTF-8")]
    [InlineData(Begin + "016e0000" + "08d0000000000000" + "00" + "03006100" + "00", "a key has a NUL")]
    [InlineData(Begin + "016e0000" + "08d0000000000000" + "00" + "0100" + "00", "what follows the last event")]
    [InlineData(Begin + "016e0000" + "ffffffffffffffff" + "00" + "00" + "00", "a time is none")]
    [InlineData(Begin + "016e0000" + "08d0000000000000" + "ffffff7f" + "00" + "00", "has no room")]
    [InlineData(Begin + "016e0000" + "08d0000000000000" + "00" + "00" + "ffffffff07", "2147483647 bytes are wanted")]
    public async Task Bytes_that_are_no_events_are_kept_parked_with_the_reason_and_all_else_flows(string hex, string reason)
    {
        await CommitAsync(TestEvents.Make("7", "before"));
        await WriteAsync(hex);
        await CommitAsync(TestEvents.Make("7", "after"));

        await using (var session = await Outbox.OpenAsync(Token))
        {
            var claimed = await ClaimUntilAsync(session, 2);
            Assert.Equal(["before", "after"], claimed.Names());
            await session.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token);
            await Eventually.TrueAsync(async () => await CountAsync() == (0, 1), () => "it is not parked");
        }

        var parked = Assert.Single(await Outbox.ListParkedAsync(10, Token));
        Assert.Contains(reason, parked.Error, StringComparison.Ordinal);
        Assert.Equal(hex, Convert.ToHexStringLower(parked.Event.Body.Span));
        Assert.Equal(0, await HeldBackAsync());

        await using var next = await Outbox.OpenAsync(Token);
        Assert.Equal(1, await Outbox.DiscardParkedAsync([parked.Event.Id], Token));
        await CommitAsync(TestEvents.Make("7", "last"));
        Assert.Equal(["last"], (await ClaimUntilAsync(next, 1)).Names());
    }

    [Fact]
    public async Task What_is_set_aside_is_claimed_by_who_takes_over_only_after_what_it_follows_on_was_read()
    {
        await CommitAsync(TestEvents.Make("7", "first"));
        await using var deposed = await Start().Outbox.OpenAsync(Token);
        var first = Assert.Single(await ClaimUntilAsync(deposed, 1)).Event;
        await using var reader = await Outbox.OpenAsync(Token);
        await using var scope = Process.Scope();
        await OutboxContext.RunAsync(
            scope.ServiceProvider.GetRequiredService<IServiceScopeFactory>(),
            typeof(ParcelContext),
            async context =>
            {
                var row = OutboxRow.Of(TestEvents.Make("7", "second"));
                row.Id = first.Sequence + 1;
                context.Add(row);
                return await context.SaveChangesAsync(Token);
            },
            Token);
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(Token);
        await using (var transaction = await connection.BeginTransactionAsync(Token))
        {
            await using var locks = new NpgsqlCommand("LOCK TABLE model_events_outbox_packs", connection);
            await locks.ExecuteNonQueryAsync(Token);
            await TerminateAsync(Reads);
            await WaitsAsync("query LIKE '%model_events_outbox_packs%'");
            Assert.Empty(await reader.ClaimAsync(LaneSlice.All, 10, Token));
        }

        IReadOnlyList<OutboxEntry> claimed = [];
        await Eventually.TrueAsync(
            async () => (claimed = await reader.ClaimAsync(LaneSlice.All, 10, Token)).Count > 0, () => "nobody takes over");
        Assert.Equal("first", claimed[0].Event.Name);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_any_more_changes_nothing_that_is_set_aside()
    {
        await CommitAsync([.. TestEvents.Steps("7", 2), TestEvents.Make("8", "other")]);
        await using var deposed = await Start().Outbox.OpenAsync(Token);
        await FailAsync(deposed, "step__1", attempts: 1, TimeSpan.FromMilliseconds(1));
        var claimed = await ClaimUntilAsync(deposed, 3);
        var before = await AsideAsync();
        await using var reader = await Outbox.OpenAsync(Token);

        await TerminateAsync(Reads);
        await ClaimAllSoonAsync(reader, 3);

        var late = new FailedEvent(claimed[^1].Event, 9, "late", RetryAfter: null);
        var again = new FailedEvent(claimed[0].Event, 9, "late", RetryAfter: null);
        Assert.Equal(["step__1", "step__2", "other"], claimed.Names());
        foreach (var (published, failed) in new (ModelEvent[], FailedEvent[])[] { ([], [late]), ([], [again]), ([claimed[0].Event], []) })
        {
            await Assert.ThrowsAnyAsync<Exception>(
                () => deposed.CompleteAsync(LaneSlice.All, published, failed, Token));
        }

        Assert.Equal(before, await AsideAsync());
        Assert.Equal(3, (await ClaimUntilAsync(reader, 3)).Count);
    }

    [Fact]
    public async Task What_a_reader_sets_aside_while_it_is_deposed_is_there_before_the_next_one_reads_or_never()
    {
        await CommitAsync(TestEvents.Make("7", "other"));
        await using var deposed = await Start().Outbox.OpenAsync(Token);
        var claimed = Assert.Single(await ClaimUntilAsync(deposed, 1)).Event;
        await using var reader = await Outbox.OpenAsync(Token);

        Task<Exception?> setsAside;
        var came = 0;
        await using (var connection = new NpgsqlConnection(Database.ConnectionString))
        {
            await connection.OpenAsync(Token);
            await using var transaction = await connection.BeginTransactionAsync(Token);
            await using var locks = new NpgsqlCommand("LOCK TABLE model_events_outbox IN SHARE MODE", connection);
            await locks.ExecuteNonQueryAsync(Token);
            setsAside = Record.ExceptionAsync(() => deposed.CompleteAsync(
                LaneSlice.All, [], [new FailedEvent(claimed, 9, "no", RetryAfter: null)], Token)).AsTask();
            await WaitsAsync("query ILIKE 'INSERT INTO model_events_outbox %'");

            await TerminateAsync(Reads);
            await Eventually.TrueAsync(
                async () =>
                {
                    came = (await reader.ClaimAsync(LaneSlice.All, 10, Token)).Count;
                    return came > 0 || await IsWaitingAsync("query LIKE '%pg_advisory_xact_lock(%'");
                },
                () => "nobody takes over");
        }

        await setsAside;
        await CommitAsync(TestEvents.Make("8", "last"));
        await Eventually.TrueAsync(
            async () => (await reader.ClaimAsync(LaneSlice.All, 10, Token)).Names().Contains("last"), () => "nobody reads");
        came = (await reader.ClaimAsync(LaneSlice.All, 10, Token)).Names().Count(name => name == "other");
        Assert.Equal(1, came + (await Outbox.ListParkedAsync(10, Token)).Count);
    }

    private Task<string?> AsideAsync() => Database.ScalarAsync<string>(
        "SELECT string_agg(format('%s %s %s', id, attempts, parked_at), ';' ORDER BY id) FROM model_events_outbox");

    private Task WaitsAsync(string which) => Eventually.TrueAsync(() => IsWaitingAsync(which), () => $"none waits where {which}");

    private Task<bool> IsWaitingAsync(string which) => Database.ScalarAsync<bool>(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() " +
        $"AND wait_event_type = 'Lock' AND {which})");
}
