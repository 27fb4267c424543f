using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class LaneTests
{
    [Theory]
    [InlineData("Shop.Order", "1", 12)]
    [InlineData("Shop.Order", "2", 45)]
    [InlineData("Shop.Order", "-1", 43)]
    [InlineData("Shop.Order", "", 55)]
    [InlineData("Shop.Customer", "0198b1f0-3c5e-7000-8000-000000000001", 56)]
    [InlineData("Größe", "ключ", 10)]
    public void Lane_of_a_key_is_the_same_in_every_process(string model, string key, short lane) =>
        Assert.Equal(lane, Lane.Of(model, key));

    [Fact]
    public void Every_lane_is_used()
    {
        var lanes = Enumerable.Range(1, 2000).Select(key => Lane.Of("Shop.Order", $"{key}")).ToHashSet();

        Assert.Equal(Enumerable.Range(0, Lane.Count).Select(lane => (short)lane), lanes.Order());
    }
}
