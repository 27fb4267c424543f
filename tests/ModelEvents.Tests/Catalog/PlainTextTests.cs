using ModelEvents.Models;

namespace ModelEvents.Tests.Catalog;

/// <summary>Names, statuses and logs have no character that cannot be shown.</summary>
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("On hold #1 (100%)", "On hold #1 (100%)")]
    [InlineData("größe 東京 🚲", "größe 東京 🚲")]
    [InlineData("on\r\nhold\t", "on%0D%0Ahold%09")]
    [InlineData("\u0000\u007F\u009F", "%00%7F%C2%9F")]
    [InlineData("a\uFFFFb", "a%EF%BF%BFb")]
    public void A_status_has_control_characters_percent_encoded(string status, string expected)
    {
        Assert.Equal(expected, EventNames.StatusOf(status));
        Assert.Equal(status == expected, PlainText.Is(status));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_what_it_would_be_on_the_wire()
    {
        Assert.Equal("a\uFFFDb", EventNames.StatusOf("a\uD83Db"));
        Assert.False(PlainText.Is("a\uDEB2"));
    }

    [Fact]
    public void In_a_log_a_text_is_one_line_of_a_length_that_one_reads()
    {
        Assert.Equal("a%0Ab", PlainText.InLog("a\nb"));
        Assert.Equal(new string('x', 200) + "… (100000 characters)", PlainText.InLog(new string('x', 100_000)));
    }

    [Theory]
    [InlineData("order.over\ndue")]
    [InlineData("order.\uFFFE")]
    public void An_own_name_is_refused(string name) => Assert.StartsWith(
        $"The event name '{PlainText.Of(name)}' has a control character in it. Write it without.",
        Assert.Throws<ArgumentException>(() => EventName.Declare(name, "When.")).Message,
        StringComparison.Ordinal);
}
