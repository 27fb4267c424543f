using System.Text.Json;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Publishing;

public abstract partial class PublisherContract
{
    // https://www.rabbitmq.com/docs/configure: frame_max, which all headers of a message must find room in.
    private const int Frame = 128 << 10;

    private static readonly string Long = new('x', Frame);

    [Fact]
    public async Task Headers_that_would_not_fit_into_a_frame_are_cut_and_say_so()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();
        var large = Event() with { Key = Long, Headers = LargeHeaders(links: 4000) };

        AssertConfirmed(await host.PublishAsync(Event("1"), large, Event("2")));

        var arrived = await queue.WaitForAsync(3);
        Assert.DoesNotContain(
            arrived, one => one.Header("modelevents-key") is "1" or "2" && one.Header("modelevents-cut") is not null);
        var cut = Assert.Single(arrived, one => one.Properties.MessageId == large.Id.ToString());
        Assert.Equal(
            ["modelevents-changed", "modelevents-key", "modelevents-links", "modelevents-origin", "modelevents-previous-status"],
            cut.Header("modelevents-cut")!.Split(',').Order(StringComparer.Ordinal));
        Assert.Equal("*", cut.Header("modelevents-changed"));
        Assert.Equal("updated", cut.Header("modelevents-action"));
        var tags = JsonDocument.Parse(cut.Header("modelevents-links")!).RootElement.GetProperty("tags");
        Assert.InRange(tags.GetProperty("added").GetArrayLength(), 50, 3999);
        Assert.Equal(large.Body.ToArray(), cut.Body);
    }

    [Fact]
    public async Task Events_of_keys_that_are_cut_keep_apart_and_leave_no_mark_on_the_next()
    {
        await using var queue = await RabbitQueue.BindAsync(Exchange);
        await using var host = await StartAsync();
        var first = Event(Long + "1");
        var again = Event(Long + "1", sequence: 2) with { Headers = first.Headers };
        var second = Event(Long + "2") with { Headers = first.Headers };
        var small = Event("3") with { Headers = first.Headers };

        AssertConfirmed(await host.PublishAsync(first, again, second, small));

        var arrived = (await queue.WaitForAsync(4)).ToDictionary(one => one.Properties.MessageId!);
        string? Of(ModelEvent one, string header) => arrived[one.Id.ToString()].Header(header);
        Assert.Equal(Of(first, "modelevents-key"), Of(again, "modelevents-key"));
        Assert.NotEqual(Of(first, "modelevents-key"), Of(second, "modelevents-key"));
        Assert.StartsWith("xxx", Of(first, "modelevents-key"), StringComparison.Ordinal);
        Assert.Equal("modelevents-key", Of(second, "modelevents-cut"));
        Assert.Equal("3", Of(small, "modelevents-key"));
        Assert.Null(Of(small, "modelevents-cut"));
    }

    private static Dictionary<string, string> LargeHeaders(int links) => new()
    {
        [EventHeaders.Action] = "updated",
        [EventHeaders.Changed] = string.Join(',', Enumerable.Range(0, 20_000).Select(number => $"property_{number}")),
        [EventHeaders.PreviousStatus] = Long,
        [EventHeaders.Origin] = Long,
        [EventHeaders.Links] = JsonSerializer.Serialize(new
        {
            tags = new { added = Enumerable.Range(0, links).Select(_ => Guid.CreateVersion7()), removed = Array.Empty<Guid>() },
        }),
    };
}
