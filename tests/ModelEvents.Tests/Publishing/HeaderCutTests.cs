using System.Text;
using System.Text.Json;
using ModelEvents.Publishing;

namespace ModelEvents.Tests.Publishing;

public sealed class HeaderCutTests
{
    private static readonly string Long = new('x', HeaderCut.MostBytes + 1);

    [Theory]
    [InlineData("x", HeaderCut.MostBytes)]
    [InlineData("é", HeaderCut.MostBytes / 2)]
    [InlineData("東", HeaderCut.MostBytes / 3)]
    [InlineData("🚲", HeaderCut.MostBytes / 4)]
    public void The_bytes_of_a_value_decide_whether_it_is_too_long(string letter, int most)
    {
        var value = string.Concat(Enumerable.Repeat(letter, most));

        Assert.False(HeaderCut.IsTooLong(value));
        Assert.True(HeaderCut.IsTooLong(value + letter));
        foreach (var header in (string[])[EventHeaders.Key, EventHeaders.Origin, EventHeaders.Links])
        {
            var cut = HeaderCut.Of(header, value + letter);
            Assert.InRange(Encoding.UTF8.GetByteCount(cut), HeaderCut.MostBytes - 200, HeaderCut.MostBytes);
            Assert.StartsWith(string.Concat(Enumerable.Repeat(letter, most / 2)), cut, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', cut);
        }
    }

    [Fact]
    public void Of_links_every_list_has_its_first_keys()
    {
        var many = Enumerable.Range(0, 4000).Select(number => $"key \"{number}\" ü").ToArray();
        var links = new { tags = new { added = many, removed = Array.Empty<string>() }, shops = new { added = many, removed = many } };

        var cut = HeaderCut.Of(EventHeaders.Links, JsonSerializer.Serialize(links));

        Assert.InRange(Encoding.UTF8.GetByteCount(cut), HeaderCut.MostBytes / 2, HeaderCut.MostBytes);
        var read = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string[]>>>(cut)!;
        Assert.Equal([], read["tags"]["removed"]);
        foreach (var keys in (string[][])[read["tags"]["added"], read["shops"]["added"], read["shops"]["removed"]])
        {
            Assert.InRange(keys.Length, 40, 200);
            Assert.Equal(many.Take(keys.Length), keys);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"tags":null}""")]
    [InlineData("""{"tags":{"added":null}}""")]
    [InlineData("""{"tags":{"added":[null]}}""")]
    [InlineData("no JSON")]
    public void Links_that_others_wrote_are_cut_as_text(string json) =>
        Assert.EndsWith("…", HeaderCut.Of(EventHeaders.Links, json + new string(' ', HeaderCut.MostBytes)), StringComparison.Ordinal);

    [Fact]
    public void A_mark_names_what_is_cut_and_is_not_there_otherwise()
    {
        Assert.False(Headers([]).ContainsKey(EventHeaders.Cut));
        var headers = Headers(new() { [EventHeaders.Changed] = Long, [EventHeaders.PreviousStatus] = Long });
        Assert.Equal("modelevents-changed,modelevents-previous-status", headers[EventHeaders.Cut]);
        Assert.Equal("*", headers[EventHeaders.Changed]);
    }

    private static IReadOnlyDictionary<string, object> Headers(Dictionary<string, string> headers) => WireMessage.From(
        new ModelEvent
        {
            Id = Guid.Empty,
            Name = "order__updated",
            Service = "shop",
            Model = "Shop.Order",
            Key = "1",
            Body = "{}"u8.ToArray(),
            Headers = headers,
            OccurredAt = DateTimeOffset.UnixEpoch,
        },
        EventEnvelope.None).Headers;
}
