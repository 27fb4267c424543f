using ModelEvents.Consuming;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Consuming;

public sealed class ArrivalsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<ulong> _joined = [];
    private readonly Arrivals _arrivals;

    public ArrivalsTests() => _arrivals = new Arrivals(_time);

    [Fact]
    public async Task Deliveries_that_overtook_others_join_in_the_order_of_their_tags()
    {
        var third = AddAsync(3);
        var second = AddAsync(2);
        Assert.Empty(_joined);

        await AddAsync(1);

        await Task.WhenAll(second, third);
        await AddAsync(4);
        Assert.Equal([1, 2, 3, 4], _joined);
    }

    [Fact]
    public async Task A_delivery_that_never_comes_is_not_waited_for_without_end()
    {
        await AddAsync(1);
        var fourth = AddAsync(4);
        var third = AddAsync(3);

        _time.AdvanceToNext(_time.GetUtcNow() + Arrivals.Patience);

        await Task.WhenAll(third, fourth);
        Assert.Equal([1, 3, 4], _joined);
    }

    [Fact]
    public async Task One_that_comes_too_late_joins_at_once()
    {
        var second = AddAsync(2);
        _time.AdvanceToNext(_time.GetUtcNow() + Arrivals.Patience);
        await second;

        await AddAsync(1);
        await AddAsync(3);

        Assert.Equal([2, 1, 3], _joined);
    }

    private Task AddAsync(ulong tag) => _arrivals.AddAsync(tag, () => _joined.Add(tag));
}
