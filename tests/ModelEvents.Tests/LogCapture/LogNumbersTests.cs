using ModelEvents.LogCapture;

namespace ModelEvents.Tests.LogCapture;

public sealed class LogNumbersTests
{
    private const ulong Commit = 0x1_0000;

    // What a commit record takes at least, as the server aligns it.
    private const ulong SmallestCommit = 40;

    [Fact]
    public void Events_of_a_transaction_come_after_those_of_one_that_was_committed_before_wherever_their_rows_are()
    {
        var earlier = new LogNumbers(LogNumbers.Of(Commit));
        var later = new LogNumbers(LogNumbers.Of(Commit + SmallestCommit));

        var last = earlier.Of(LogNumbers.Of(900), ordinal: LogNumbers.MostRows - 1, index: LogNumbers.Room - 1);
        var first = later.Of(LogNumbers.Of(100), ordinal: 0, index: 0);

        Assert.True(last < first, $"{last} is followed by {first}");
        Assert.True(last < LogNumbers.Of(Commit + SmallestCommit));
    }

    [Fact]
    public void A_transaction_that_is_read_in_pieces_has_the_numbers_of_its_rows_from_the_first_on()
    {
        var numbers = new LogNumbers(LogNumbers.Of(Commit));

        numbers.IsLarge();

        Assert.Equal(LogNumbers.Of(100) + 1, numbers.Of(LogNumbers.Of(100), ordinal: 0, index: 1));
        Assert.Equal(LogNumbers.Of(900), numbers.Of(LogNumbers.Of(900), ordinal: 5000, index: 0));
    }

    [Fact]
    public void A_number_tells_the_position_that_it_belongs_to() =>
        Assert.Equal(Commit, LogNumbers.PositionOf(LogNumbers.Of(Commit) + 255));
}
