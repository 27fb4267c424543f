using ModelEvents.Outbox;
using NpgsqlTypes;

namespace ModelEvents.Tests.Outbox;

public sealed class WalPositionsTests
{
    private readonly WalPositions _positions = new(TimeProvider.System);

    [Fact]
    public void The_position_stays_before_a_transaction_with_an_event_that_is_left()
    {
        var first = Read(end: 100, events: 2);
        var second = Read(end: 200, events: 1);

        second.Done();
        Assert.Equal(Lsn(0), _positions.Confirm(Lsn(300)));
        first.Done();
        Assert.Equal(Lsn(0), _positions.Confirm(Lsn(300)));
        first.Done();

        Assert.Equal(Lsn(300), _positions.Confirm(Lsn(300)));
    }

    [Fact]
    public void The_position_moves_to_the_end_of_what_is_done_while_something_follows()
    {
        var first = Read(end: 100, events: 1);
        Read(end: 200, events: 1);

        first.Done();

        Assert.Equal(Lsn(100), _positions.Confirm(Lsn(300)));
    }

    [Fact]
    public void The_position_does_not_enter_a_transaction_that_is_being_read()
    {
        _positions.Begin(transaction: 1);

        Assert.Equal(Lsn(0), _positions.Confirm(Lsn(300)));
    }

    [Fact]
    public void The_position_follows_a_log_without_events_and_never_goes_back()
    {
        Assert.Equal(Lsn(300), _positions.Confirm(Lsn(300)));
        Assert.Equal(Lsn(300), _positions.Confirm(Lsn(200)));
    }

    [Fact]
    public void The_position_does_not_go_back_to_the_begin_of_a_transaction_that_was_open_where_the_slot_is()
    {
        _positions.StartAt(Lsn(150));

        Assert.Equal(Lsn(150), _positions.Confirm(received: Lsn(90)));
    }

    [Fact]
    public void Transactions_before_one_that_is_done_hold_the_position_back_and_later_ones_do_not()
    {
        var first = Read(end: 100, events: 1);
        var done = Read(end: 200, events: 1);
        var partlyDone = Read(end: 300, events: 2);
        Read(end: 400, events: 1);
        done.Done();
        partlyDone.Done();

        Assert.Equal([first, partlyDone], _positions.HoldingBack());
    }

    [Fact]
    public void Transactions_hold_the_position_back_for_long_once_they_were_read_so_long_ago()
    {
        var first = Read(end: 100, events: 1);
        Read(end: 200, events: 1).Done();

        Assert.Empty(_positions.HoldingBack(TimeSpan.FromHours(1)));
        Assert.Equal([first], _positions.HoldingBack(TimeSpan.Zero));
    }

    [Fact]
    public void A_transaction_that_is_being_read_is_not_set_aside_in_part()
    {
        _positions.Begin(transaction: 1);
        _positions.Open.Expect(2);
        _positions.Open.Done();

        Assert.Empty(_positions.HoldingBack());
    }

    private static NpgsqlLogSequenceNumber Lsn(ulong position) => new(position);

    private WalTransaction Read(ulong end, int events)
    {
        _positions.Begin(transaction: 1);
        var transaction = _positions.Open;
        transaction.Expect(events);
        _positions.End(Lsn(end));
        return transaction;
    }
}
