using ModelEvents.Dispatching;

namespace ModelEvents.Tests.Dispatching;

public sealed class PublishTurnsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_turn_alone_begins_when_the_others_have_ended_and_lets_nobody_in()
    {
        using var turns = new PublishTurns();
        await turns.BeginSharedAsync(Cancellation);
        await turns.BeginSharedAsync(Cancellation);

        var alone = turns.BeginAloneAsync(Cancellation);
        turns.EndShared();
        var beforeTheLastEnded = alone.IsCompleted;
        turns.EndShared();
        await alone;
        var late = turns.BeginSharedAsync(Cancellation);
        var besideTheOne = late.IsCompleted;
        turns.EndAlone();
        await late;

        Assert.False(beforeTheLastEnded);
        Assert.False(besideTheOne);
    }

    [Fact]
    public async Task A_turn_alone_that_is_cancelled_leaves_the_turns_as_they_were()
    {
        using var turns = new PublishTurns();
        using var cancel = new CancellationTokenSource();
        await turns.BeginSharedAsync(Cancellation);

        var alone = turns.BeginAloneAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alone);
        turns.EndShared();

        var again = turns.BeginAloneAsync(Cancellation);
        Assert.True(again.IsCompletedSuccessfully);
        await again;
    }
}
