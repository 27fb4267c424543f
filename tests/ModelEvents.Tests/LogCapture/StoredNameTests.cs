using ModelEvents.LogCapture;

namespace ModelEvents.Tests.LogCapture;

public sealed class StoredNameTests
{
    [Theory]
    [InlineData("short", 1, 5)]
    [InlineData("a", 63, 63)]
    [InlineData("a", 64, 63)]
    [InlineData("é", 32, 31)]
    [InlineData("😀", 16, 30)]
    public void A_name_is_cut_off_as_by_the_server(string part, int times, int length)
    {
        var name = string.Concat(Enumerable.Repeat(part, times));

        Assert.Equal(name[..length], StoredName.Of(name));
    }
}
