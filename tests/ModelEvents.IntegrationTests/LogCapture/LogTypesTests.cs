using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace ModelEvents.Tests.LogCapture;

/// <summary>The same saves, seen by the change tracker of one program and in the log by another: what they tell is the same.</summary>
public sealed class LogTypesTests : IAsyncLifetime
{
    private TwoSources<TypesContext> _sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sources = await TwoSources<TypesContext>.CreateAsync(
        options => options.Model<Everything>(m => m.StatusField(e => e.Mood)).Model<Piece>());

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task Values_of_every_type_are_told_alike()
    {
        await using var context = _sources.NewContext();
        var full = Filled();
        context.Add(full);
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Everything { Id = Guid.CreateVersion7() });
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

        Assert.Equal(4, (await _sources.ToldAlikeAsync()).Count);
    }

    [Fact]
    public async Task Generated_columns_are_read_after_the_commit_and_keys_of_several_columns_told_alike()
    {
        await using var context = _sources.NewContext();
        var part = new Piece { Series = "a", Number = 1, Title = "long" };
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Weight = 5;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            ["""piece__created [1,"a"] {"number":1,"series":"a","length":4,"title":"long","weight":0}""",
                """piece__updated [1,"a"] {"number":1,"series":"a","length":4,"title":"long","weight":5} weight"""],
            await _sources.ToldAlikeAsync());
    }

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
