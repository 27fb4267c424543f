using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class PackIntervalsTests
{
    private const long End = long.MaxValue;

    private readonly PackIntervals _intervals = new();

    [Fact]
    public void At_first_everything_is_read() => ShouldBe((0, End));

    [Fact]
    public void What_was_read_is_not_read_again()
    {
        Note(ids: [1, 129, 257]);

        ShouldBe((257, End));
    }

    [Fact]
    public void A_gap_is_looked_into_until_every_transaction_that_may_have_an_id_in_it_is_over()
    {
        Note(ids: [1, 513]);
        Assert.True(_intervals.NeedsNext);

        // A transaction that began later than the one that fills the gap is over: that says nothing.
        Note(ids: [], oldest: 50, next: 60);
        Assert.False(_intervals.NeedsNext);
        ShouldBe((1, 513), (513, End));

        Note(ids: [], oldest: 60);
        ShouldBe((1, 513), (513, End));
        Note(ids: [], oldest: 61);
        ShouldBe((513, End));
    }

    [Fact]
    public void What_appears_in_a_gap_leaves_a_smaller_one_on_each_side()
    {
        Note(ids: [1, 1025]);

        Note(ids: [513, 1153], oldest: 1, next: 9);

        ShouldBe((1, 513), (513, 1025), (1153, End));
        Assert.False(_intervals.NeedsNext);
    }

    [Fact]
    public void What_appears_in_a_gap_that_is_over_leaves_none()
    {
        Note(ids: [1, 1025]);
        Note(ids: [], oldest: 1, next: 9);

        Note(ids: [513], oldest: 10);

        ShouldBe((1025, End));
    }

    [Fact]
    public void A_gap_that_a_read_did_not_come_to_is_kept_though_it_is_over()
    {
        Note(ids: [1, 1025, 2049]);
        Note(ids: [], oldest: 1, next: 9);

        Note(ids: [513], isCut: true, oldest: 10);
        ShouldBe((1, 513), (513, 1025), (1025, 2049), (2049, End));

        Note(ids: [], oldest: 10);
        ShouldBe((2049, End));
    }

    [Fact]
    public void After_a_read_that_was_cut_reading_goes_on_behind_its_last_row()
    {
        Note(ids: [1, 129], isCut: true);

        ShouldBe((129, End));
    }

    [Fact]
    public void What_is_before_the_first_row_is_looked_into_as_well()
    {
        Note(ids: [1025]);

        ShouldBe((0, 1025), (1025, End));
    }

    [Fact]
    public void Many_gaps_become_one()
    {
        Note(ids: [.. Enumerable.Range(1, 300).Select(number => number * 1000L)]);

        ShouldBe((0, 300_000), (300_000, End));
    }

    [Fact]
    public void After_a_reset_everything_is_read()
    {
        Note(ids: [1025]);

        _intervals.Reset();

        ShouldBe((0, End));
    }

    private void Note(long[] ids, bool isCut = false, long oldest = 1, long? next = null) =>
        _intervals.Note(ids, isCut, oldest, next);

    private void ShouldBe(params (long Low, long High)[] expected) =>
        Assert.Equal(expected, _intervals.Lows.Zip(_intervals.Highs));
}
