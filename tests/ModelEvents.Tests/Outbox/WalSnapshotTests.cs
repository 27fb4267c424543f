using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class WalSnapshotTests
{
    private const ulong Wrap = 1UL << 32;

    [Theory]
    [InlineData("100:105:101,103", 99, true)]
    [InlineData("100:105:101,103", 101, false)]
    [InlineData("100:105:101,103", 102, true)]
    [InlineData("100:105:101,103", 104, true)]
    [InlineData("100:105:101,103", 105, false)]
    [InlineData("100:100:", 99, true)]
    [InlineData("100:100:", 100, false)]
    public void It_shows_what_was_over_when_it_was_taken(string text, uint transaction, bool isShown) =>
        Assert.Equal(isShown, WalSnapshot.Parse(text).Shows(transaction));

    [Theory]
    [InlineData(5, uint.MaxValue, true)]
    [InlineData(5, 4U, true)]
    [InlineData(5, 5U, false)]
    [InlineData(5, 2_000_000_000U, false)]
    [InlineData(-5, uint.MaxValue, false)]
    [InlineData(-5, 3U, false)]
    [InlineData(-5, uint.MaxValue - 5, true)]
    public void Numbers_go_on_where_their_lower_half_begins_anew(int next, uint transaction, bool isShown)
    {
        var last = unchecked(Wrap + (ulong)next);

        Assert.Equal(isShown, new WalSnapshot(last, []).Shows(transaction));
        Assert.Equal(isShown, new WalSnapshot(last + 7 * Wrap, []).Shows(transaction));
    }

    [Fact]
    public void Transactions_that_ran_are_found_by_their_whole_number()
    {
        var snapshot = WalSnapshot.Parse($"{Wrap - 2}:{Wrap + 3}:{Wrap - 2},{Wrap + 1}");

        Assert.Equal(
            [true, false, true, true, false, true, false],
            new[] { uint.MaxValue - 2, uint.MaxValue - 1, uint.MaxValue, 0U, 1U, 2U, 3U }.Select(snapshot.Shows));
    }

    [Fact]
    public void None_shows_nothing() =>
        Assert.All<uint>([0, 3, int.MaxValue, uint.MaxValue], transaction => Assert.False(WalSnapshot.None.Shows(transaction)));
}
