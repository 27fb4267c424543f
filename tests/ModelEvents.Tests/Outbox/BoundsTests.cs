using ModelEvents.Outbox;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Outbox;

/// <summary>What is remembered for events that are set aside has an end.</summary>
public sealed class BoundsTests
{
    private static readonly LaneSlice Hung = new(0, 1) { Handler = "Hung" };

    [Fact]
    public void Counts_of_entities_have_an_end_and_forget_none_that_has_events_in_the_table()
    {
        var counts = new Dictionary<int, int>();
        for (var key = 0; key < 4 * AsideCounts.Most; key++)
            AsideCounts.Add(counts, ("Order", $"{key}"), 1);
        var aside = new AsideCounts();

        aside.Replace(counts);

        Assert.InRange(counts.Count, 1, AsideCounts.Most);
        Assert.True(aside.Has(("Order", "1")));
        Assert.True(aside.Added(("Order", "2"), onlyIfAny: true));
    }

    [Fact]
    public void An_entity_is_let_go_with_its_last_event()
    {
        var aside = new AsideCounts();
        aside.Added(("Order", "1"));
        aside.Added(("Order", "1"));

        aside.Left(("Order", "1"));
        Assert.True(aside.Has(("Order", "1")));
        aside.Left(("Order", "1"));

        Assert.False(aside.Any);
    }

    [Fact]
    public void Looks_of_a_worker_that_hangs_do_not_pile_up()
    {
        var agenda = new AsideAgenda(TimeSpan.FromSeconds(15), new ManualTimeProvider());
        Assert.True(agenda.IsDue(Hung));
        agenda.Added();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var time = 0; time < 1_000_000; time++)
            agenda.Added();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        agenda.Looked(Hung, any: false);
        Assert.False(agenda.IsDue(Hung));
    }

    [Fact]
    public void Counting_that_takes_long_is_done_less_often()
    {
        var time = new ManualTimeProvider();
        var agenda = new AsideAgenda(TimeSpan.FromSeconds(15), time);

        agenda.Counted(TimeSpan.FromSeconds(3));

        time.AdvanceToNext(time.GetUtcNow().AddSeconds(59));
        Assert.False(agenda.IsCountDue);
        time.AdvanceToNext(time.GetUtcNow().AddSeconds(1));
        Assert.True(agenda.IsCountDue);
    }

    [Theory]
    [InlineData(100, 1000)]
    [InlineData(1 << 20, 16)]
    [InlineData(64 << 20, 1)]
    public void Fewer_events_are_claimed_where_the_last_were_large(int bytes, int expected)
    {
        var size = new ClaimSize();
        Assert.Equal(1000, size.AtMost(1000));

        size.Note([new OutboxEntry(Make(new byte[bytes]), 0)]);

        Assert.Equal(expected, size.AtMost(1000));
    }

    private static ModelEvent Make(byte[] body) => new()
    {
        Id = Guid.CreateVersion7(),
        Name = "order__created",
        Service = "shop",
        Model = "Order",
        Key = "1",
        Body = body,
        Headers = new Dictionary<string, string>(),
        OccurredAt = DateTimeOffset.UnixEpoch,
    };
}
