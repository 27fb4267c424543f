namespace ModelEvents.Tests;

public sealed class EventIdsTests
{
    [Fact]
    public void An_id_is_a_version_7_uuid_of_the_time_it_was_made()
    {
        var now = new DateTimeOffset(2026, 11, 20, 12, 0, 0, 123, TimeSpan.Zero);

        var id = new EventIds(new StoppedClock(now)).Next();

        Assert.Equal(7, id.Version);
        Assert.InRange(id.Variant, 8, 11);
        Assert.StartsWith($"{now.ToUnixTimeMilliseconds():x12}", id.ToString("N"), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_do_not_repeat()
    {
        var ids = new EventIds(TimeProvider.System);

        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ids.Next()).Distinct().Count());
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
