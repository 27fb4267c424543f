using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.LogCapture;

/// <summary>The same saves, seen by the change tracker of one program and in the log by another: what they tell is the same.</summary>
public sealed class LogTypesTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private ServiceProvider _tracker = null!;
    private ServiceProvider _log = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _tracker = Services(CaptureSource.Tracker);
        _log = Services(CaptureSource.Log);
        await using var context = NewContext();
        await context.Database.EnsureCreatedAsync(Cancellation);
        await _log.GetRequiredService<IModelEventLog>().SetUpAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _tracker.DisposeAsync();
        await _log.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Values_of_every_type_are_told_alike()
    {
        await using var context = NewContext();
        var full = Filled();
        context.AddRange(full, new Everything { Id = Guid.CreateVersion7() });
        await context.SaveChangesAsync(Cancellation);
        full.Numbers = [4];
        full.Words.Add("more");
        full.Mood = Mood.VerySad;
        full.Day = full.Day.AddDays(1);
        full.Price = new Price(7, "eur");
        context.Entry(full).Property("Hidden").CurrentValue = "still";
        await context.SaveChangesAsync(Cancellation);
        context.Remove(full);
        await context.SaveChangesAsync(Cancellation);

        var tracked = await TrackedAsync();
        var logged = await LoggedAsync();
        Assert.Equal(4, tracked.Count);
        Assert.Equal(tracked.Select(Told).Order(), logged.Select(Told).Order());
    }

    [Fact]
    public async Task Generated_columns_are_read_after_the_commit_and_keys_of_several_columns_told_alike()
    {
        await using var context = NewContext();
        var part = new Piece { Series = "a", Number = 1, Title = "long" };
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Weight = 5;
        await context.SaveChangesAsync(Cancellation);

        var tracked = await TrackedAsync();
        var logged = await LoggedAsync();
        Assert.Equal(tracked.Select(e => e.Key), logged.Select(e => e.Key));
        Assert.Equal(
            ["""{"number":1,"series":"a","length":4,"title":"long","weight":0}""",
                """{"number":1,"series":"a","length":4,"title":"long","weight":5}"""],
            logged.Select(e => Encoding.UTF8.GetString(e.Body.Span)));
    }

    private static string Told(ModelEvent e) => string.Join(
        '|',
        e.Name,
        e.Key,
        Encoding.UTF8.GetString(e.Body.Span),
        e.Headers.GetValueOrDefault(EventHeaders.Changed),
        e.Headers.GetValueOrDefault(EventHeaders.PreviousStatus));

    private static Everything Filled() => new()
    {
        Id = Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"),
        Small = 1,
        Large = long.MaxValue,
        Exact = 12.50m,
        Rough = 0.1,
        Is = true,
        Word = "größe \"x\"",
        Letter = 'ß',
        Bytes = [1, 2, 255],
        At = new DateTime(2026, 11, 20, 1, 2, 3, DateTimeKind.Utc).AddTicks(10),
        Local = new DateTime(2026, 11, 20, 1, 2, 3, DateTimeKind.Unspecified),
        Moment = new DateTimeOffset(2026, 11, 20, 1, 2, 3, TimeSpan.Zero),
        Day = new DateOnly(2026, 11, 20),
        Time = new TimeOnly(23, 59, 58),
        Span = TimeSpan.FromMinutes(90),
        Mood = Mood.Happy,
        Written = Mood.VerySad,
        Numbers = [1, 2, 3],
        Words = ["a", "b"],
        Moods = [Mood.Happy, Mood.VerySad],
        Site = new Uri("https://example.org/a?b"),
        Json = """{"a": 1}""",
        Price = new Price(3, "usd"),
        Size = new Size { Width = 2, Height = 3 },
        Maybe = 5,
    };

    private TypesContext NewContext() => _tracker.CreateScope().ServiceProvider.GetRequiredService<TypesContext>();

    private async Task<IReadOnlyList<ModelEvent>> LoggedAsync()
    {
        var events = await LogEnd.TakeEventsAsync(_log);
        var parked = await _log.GetRequiredService<IOutboxReader>().ListParkedAsync(10, Cancellation);
        Assert.Empty(parked.Select(one => $"{one.Event.Name}: {one.Error}"));
        return events;
    }

    /// <summary>To be asked first: both have the same table for what is set aside.</summary>
    private async Task<IReadOnlyList<ModelEvent>> TrackedAsync()
    {
        await using var session = await _tracker.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        ModelEvent[] events = [.. (await session.ClaimAsync(LaneSlice.All, 100, Cancellation)).Select(entry => entry.Event)];
        await session.CompleteAsync(LaneSlice.All, events, [], Cancellation);
        return events;
    }

    private ServiceProvider Services(CaptureSource source)
    {
        var services = new ServiceCollection();
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "types";
                options.Dispatcher.Enabled = false;
                options.Capture = source;
                if (source == CaptureSource.Tracker)
                    options.Delivery = DeliveryMode.Outbox;
                options.Model<Everything>(m => m.StatusField(e => e.Mood)).Model<Piece>();
            })
            .Capture<TypesContext>().UsePostgreSqlWal();
        services.AddDbContext<TypesContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        return services.BuildServiceProvider();
    }

    private enum Mood
    {
        Happy,
        VerySad,
    }

    private sealed record Price(decimal Amount, string Currency);

    private struct Size
    {
        public int Width { get; set; }

        public int Height { get; set; }
    }

    private sealed class Everything
    {
        public Guid Id { get; set; }

        public short Small { get; set; }

        public long Large { get; set; }

        public decimal Exact { get; set; }

        public double Rough { get; set; }

        public bool Is { get; set; }

        public string? Word { get; set; }

        public char Letter { get; set; } = 'a';

        public byte[] Bytes { get; set; } = [];

        public DateTime At { get; set; } = DateTime.UnixEpoch;

        public DateTime Local { get; set; }

        public DateTimeOffset Moment { get; set; }

        public DateOnly Day { get; set; }

        public TimeOnly? Time { get; set; }

        public TimeSpan Span { get; set; }

        public Mood Mood { get; set; }

        public Mood? Written { get; set; }

        public int[] Numbers { get; set; } = [];

        public List<string> Words { get; set; } = [];

        public Mood[] Moods { get; set; } = [];

        public Uri? Site { get; set; }

        public string? Json { get; set; }

        public Price Price { get; set; } = new(0, "");

        public Size Size { get; set; }

        public int? Maybe { get; set; }
    }

    private sealed class Piece
    {
        public string Series { get; set; } = "";

        public int Number { get; set; }

        public string Title { get; set; } = "";

        public int Length { get; set; }

        public int Weight { get; set; }
    }

    private sealed class TypesContext(DbContextOptions<TypesContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Everything>(all =>
            {
                all.Property<string?>("Hidden");
                all.Property(e => e.Local).HasColumnType("timestamp without time zone");
                all.Property(e => e.Written).HasConversion<string>();
                all.Property(e => e.Json).HasColumnType("jsonb");
                all.Property(e => e.Site).HasConversion(
                    uri => uri!.OriginalString, text => new Uri(text), new ValueComparer<Uri?>(favorStructuralComparisons: false));
                all.Property(e => e.Price).HasConversion(
                    price => $"{price.Amount} {price.Currency}", text => ParsePrice(text));
                all.ComplexProperty(e => e.Size);
            });
            modelBuilder.Entity<Piece>(piece =>
            {
                piece.HasKey(p => new { p.Number, p.Series });
                piece.Property(p => p.Length).HasComputedColumnSql("length(\"Title\")", stored: true);
            });
        }

        private static Price ParsePrice(string text) => new(
            decimal.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), text.Split(' ')[1]);
    }
}
