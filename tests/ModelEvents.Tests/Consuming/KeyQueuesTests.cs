using ModelEvents.Consuming;

namespace ModelEvents.Tests.Consuming;

public sealed class KeyQueuesTests
{
    private readonly KeyQueues _queues = new(room: 4);

    [Fact]
    public void One_of_a_key_starts_when_the_one_before_left()
    {
        var first = Join("1");
        var second = Join("1");
        var third = Join("1");
        Assert.Equal((true, false, false), (HasStarted(first), HasStarted(second), HasStarted(third)));

        _queues.Leave(first);

        Assert.Equal((true, false), (HasStarted(second), HasStarted(third)));
        _queues.Leave(second);
        Assert.True(HasStarted(third));
    }

    [Fact]
    public void Other_keys_and_messages_without_one_start_at_once()
    {
        Join("1");

        Assert.True(HasStarted(Join("2")));
        Assert.True(HasStarted(Join(null)));
        Assert.True(HasStarted(Join(null)));
    }

    [Fact]
    public void A_key_that_was_left_by_all_starts_anew()
    {
        _queues.Leave(Join("1"));

        Assert.True(HasStarted(Join("1")));
    }

    [Fact]
    public void A_key_that_takes_half_of_the_room_when_it_is_full_is_told_once_until_it_is_over()
    {
        Assert.False(_queues.Join(new Turn(null)));
        Assert.False(_queues.Join(Of("1")));
        Assert.False(_queues.Join(Of("2")));
        var hot = Of("2");
        Assert.True(_queues.Join(hot));
        var more = Of("2");
        Assert.False(_queues.Join(more));
        foreach (var left in (Turn[])[hot, hot, more])
            _queues.Leave(left);

        Assert.False(_queues.Join(Of("2")));
        Assert.True(_queues.Join(Of("2")));
    }

    private static Turn Of(string key) => new(("Shop.Order", key));

    private static bool HasStarted(Turn turn) => turn.Started.IsCompleted;

    private Turn Join(string? key)
    {
        var turn = new Turn(key is null ? null : ("Shop.Order", key));
        _queues.Join(turn);
        return turn;
    }
}
