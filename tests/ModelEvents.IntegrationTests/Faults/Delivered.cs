using System.Text.Json.Nodes;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Faults;

/// <summary>What arrived, told apart by message id.</summary>
internal sealed class Delivered(IEnumerable<RabbitDelivery> deliveries)
{
    private readonly RabbitDelivery[] _all = [.. deliveries];

    /// <summary>How many events arrived.</summary>
    public int Count => _all.DistinctBy(delivery => delivery.Properties.MessageId).Count();

    /// <summary>Messages that came a second time.</summary>
    public int Duplicates => _all.Length - Count;

    /// <summary>The first arrival of each event.</summary>
    public IReadOnlyList<(long Id, int Step)> First() =>
        [.. _all.DistinctBy(delivery => delivery.Properties.MessageId).Select(Read)];

    /// <summary>Every committed step arrived, and those of one parcel in the order of their commits.</summary>
    public void ShouldBe(IReadOnlyList<(long Id, int Step)> committed)
    {
        Assert.Equal(committed.Order(), First().Order());
        foreach (var parcel in First().GroupBy(step => step.Id))
            Assert.Equal(parcel.Select(step => step.Step).Order(), parcel.Select(step => step.Step));
    }

    private static (long Id, int Step) Read(RabbitDelivery delivery)
    {
        var body = JsonNode.Parse(delivery.Body)!;
        return ((long)body["id"]!, (int)body["step"]!);
    }
}
