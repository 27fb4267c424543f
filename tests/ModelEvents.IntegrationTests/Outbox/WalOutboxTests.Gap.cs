using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>A part of the log that cannot be read, as its publication was dropped meanwhile.</summary>
public sealed partial class WalOutboxTests
{
    [Fact]
    public async Task What_another_process_has_left_after_it_passed_a_gap_is_read()
    {
        await MeetGapAsync();
        await PublishAsync();

        // The other process: it has passed the gap and stopped.
        await Database.ExecuteAsync(
            $"SELECT pg_replication_slot_advance('{await SlotAsync()}', pg_current_wal_flush_lsn())");
        await CommitAsync(TestEvents.Make("7", "left"));

        await using var next = await Outbox.OpenAsync(Token);
        Assert.Equal(["left"], (await ClaimUntilAsync(next, 1)).Names());
    }

    [Fact]
    public async Task What_is_saved_after_the_publication_was_seen_again_is_read()
    {
        await MeetGapAsync();
        await PublishAsync();
        await Outbox.GetStatusAsync(Token);
        await CommitAsync(TestEvents.Make("7", "saved"));

        await using var next = await Outbox.OpenAsync(Token);
        Assert.Equal(["saved"], (await ClaimUntilAsync(next, 1)).Names());
    }

    [Fact]
    public async Task What_follows_on_an_event_that_is_set_aside_keeps_no_gap_from_being_passed()
    {
        await CommitAsync(TestEvents.Make("7", "aside"));
        await using (var session = await Outbox.OpenAsync(Token))
            await FailAsync(session, "aside", attempts: 5, retryAfter: null, error: "no");
        await CommitAsync(TestEvents.Make("7", "follows"));
        await UnpublishAsync();
        await PublishAsync();

        await Eventually.TrueAsync(PassesAsync, () => "the gap is not passed");
        await Outbox.RetryParkedAsync(null, Token);
        await using var next = await Outbox.OpenAsync(Token);
        await CommitAsync(TestEvents.Make("8", "after"));

        Assert.Equal(
            ["aside", "follows"], (await ClaimUntilAsync(next, 3)).Where(one => one.Event.Key == "7").ToArray().Names());
    }

    [Fact]
    public async Task Packs_that_wait_before_a_gap_are_published_and_it_is_passed()
    {
        await using var old = OldProcess();
        await CommitAsync(TestEvents.Make("8", "before"));
        await old.CommitAsync(TestEvents.Make("7", "old"));
        await UnpublishAsync();
        await PublishAsync();
        var names = new HashSet<string>();

        await Eventually.TrueAsync(
            async () => await ReadOnAsync(names) && names.Contains("on"), () => string.Join(", ", names));

        Assert.Superset(new HashSet<string> { "before", "old" }, names);
    }

    /// <summary>Publishes what a session reads until that is lost, or something new has come.</summary>
    private async Task<bool> ReadOnAsync(HashSet<string> names)
    {
        try
        {
            await using var session = await Outbox.OpenAsync(Token);
            await CommitAsync(TestEvents.Make("9", "on"));
            await Eventually.TrueAsync(
                async () =>
                {
                    var claimed = await session.ClaimAsync(LaneSlice.All, 1000, Token);
                    await session.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token);
                    names.UnionWith(claimed.Names());
                    return names.Contains("on");
                },
                () => string.Join(", ", names));
            return true;
        }
        catch (Exception lost) when (lost is InvalidOperationException or Npgsql.NpgsqlException)
        {
            return false;
        }
    }

    private async Task MeetGapAsync()
    {
        await using var session = await Outbox.OpenAsync(Token);
        await UnpublishAsync();
        await Eventually.TrueAsync(() => IsLostAsync(session), () => "the session is not lost");
    }

    /// <summary>Opens a session, and returns whether it can read on.</summary>
    private async Task<bool> PassesAsync()
    {
        try
        {
            await using var session = await Outbox.OpenAsync(Token);
            await CommitAsync(TestEvents.Make("9", "on"));
            var claimed = await ClaimUntilAsync(session, 1);
            await session.CompleteAsync(LaneSlice.All, claimed.Events(), [], Token);
            return claimed.Names().Contains("on");
        }
        catch (Exception lost) when (lost is InvalidOperationException or Npgsql.NpgsqlException)
        {
            return false;
        }
    }

    private async Task UnpublishAsync()
    {
        await Database.ExecuteAsync("CREATE TABLE others (id int); DROP PUBLICATION model_events_parcelcontext");
        await Database.ExecuteAsync("INSERT INTO others VALUES (1)");
    }

    private Task<int> PublishAsync() => Database.ExecuteAsync("CREATE PUBLICATION model_events_parcelcontext");
}
