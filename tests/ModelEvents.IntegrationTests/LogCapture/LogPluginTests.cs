using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Values that only the context's own connections can read: they are told as a save tells them.</summary>
public sealed class LogPluginTests : IAsyncLifetime
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 11, 20, 12, 0);

    private TwoSources<Calendar> _sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sources = await TwoSources<Calendar>.CreateAsync(
        options => options.Model<Meeting>(), npgsql => npgsql.UseNodaTime());

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task An_update_of_such_values_alone_is_told_as_one()
    {
        await using var context = _sources.NewContext();
        var meeting = new Meeting { At = Noon, Day = new LocalDate(2026, 11, 20), Lasts = Period.FromMonths(1), Days = [new LocalDate(2026, 1, 2)] };
        context.Add(meeting);
        await context.SaveChangesAsync(Cancellation);
        var created = await _sources.ToldAlikeAsync();
        var changed = new List<string>();
        foreach (var change in (Action[])
            [
                () => meeting.At += Duration.FromHours(1),
                () => meeting.Day = null,
                () => meeting.Lasts = Period.FromMonths(2),
                () => meeting.Days = [new LocalDate(2026, 1, 3)],
            ])
        {
            change();
            await context.SaveChangesAsync(Cancellation);
            changed.AddRange(await _sources.ToldAlikeAsync());
        }

        Assert.StartsWith("meeting__created 1 ", Assert.Single(created), StringComparison.Ordinal);
        Assert.Equal(["at", "day", "lasts", "days"], changed.Select(told => told[(told.LastIndexOf(' ') + 1)..]));
    }

    private sealed class Meeting
    {
        public int Id { get; set; }

        public Instant At { get; set; }

        public LocalDate? Day { get; set; }

        public Period? Lasts { get; set; }

        public LocalDate[] Days { get; set; } = [];
    }

    private sealed class Calendar(DbContextOptions<Calendar> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Meeting>();
    }
}
