using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace ModelEvents.Tests.LogCapture;

/// <summary>An entity whose key is of one type.</summary>
internal sealed class Keyed<T>
{
    public required T Id { get; set; }

    public string Note { get; set; } = "made";
}

/// <summary>Entities whose keys are of types that are not numbers or texts alone, each its own table.</summary>
internal abstract class KeyTables(DbContextOptions options) : DbContext(options)
{
    private List<(Action<ModelBuilder> Map, Func<object> Make)> Rows { get; } = [];

    /// <summary>Saves one of each, and changes each.</summary>
    public async Task AddAndChangeAllAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var all = Rows.ConvertAll(row => row.Make());
        foreach (var one in all)
        {
            Add(one);
            await SaveChangesAsync(token);
        }

        foreach (var one in all)
        {
            Entry(one).Property("Note").CurrentValue = "changed";
            await SaveChangesAsync(token);
        }
    }

    protected void Key<T>(T key, string? storeType = null)
        where T : notnull
    {
        Rows.Add((Map, () => new Keyed<T> { Id = key }));

        void Map(ModelBuilder builder) => builder.Entity<Keyed<T>>(type =>
        {
            type.ToTable($"key_{typeof(T).Name.ToLowerInvariant().Replace("[]", "s", StringComparison.Ordinal)}");
            var id = type.Property(row => row.Id).ValueGeneratedNever();
            if (storeType is not null)
                id.HasColumnType(storeType);
        });
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder) => Rows.ForEach(row => row.Map(modelBuilder));

    protected static void List(ModelEventsOptions options, params Type[] keys)
    {
        foreach (var key in keys)
        {
            options.Models.Add(new ModelOptions
            {
                Model = Models.TypeNames.Of(typeof(Keyed<>).MakeGenericType(key)),
                EventNamePrefix = key.Name.ToLowerInvariant().Replace("[]", "s", StringComparison.Ordinal),
            });
        }
    }
}

/// <summary>Keys of NodaTime's types.</summary>
internal sealed class TimeTable : KeyTables
{
    private static readonly Instant Moment = Instant.FromUtc(2026, 11, 20, 12, 0) + Duration.FromMilliseconds(5);

    public TimeTable(DbContextOptions<TimeTable> options)
        : base(options)
    {
        Key(Moment);
        Key(new LocalDateTime(2026, 11, 20, 12, 0));
        Key(new LocalDate(2026, 11, 20));
        Key(new LocalTime(1, 2, 3, 4));
        Key(Duration.FromMinutes(90));
    }

    public static string[] Keys { get; } =
        ["2026-11-20T12:00:00.005Z", "2026-11-20T12:00:00", "2026-11-20", "01:02:03.004", "01:30:00"];

    public static void List(ModelEventsOptions options) => List(
        options, typeof(Instant), typeof(LocalDateTime), typeof(LocalDate), typeof(LocalTime), typeof(Duration));
}

/// <summary>Keys of other types.</summary>
internal sealed class KeyTable : KeyTables
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    public KeyTable(DbContextOptions<KeyTable> options)
        : base(options)
    {
        Key(true);
        Key((short)-2);
        Key(1.5d);
        Key(12.50m);
        Key('ß');
        Key("a\"b");
        Key(Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"));
        Key(Noon);
        Key(new DateTimeOffset(Noon));
        Key(new DateOnly(2026, 11, 20));
        Key(new TimeOnly(23, 59, 58));
        Key(TimeSpan.FromMinutes(90));
        Key(new byte[] { 1, 2, 255 });
        Key(DayOfWeek.Friday);
        Key(7ul);
    }

    public static string[] Keys { get; } =
    [
        "True", "-2", "1.5", "12.50", "ß", "a\"b", "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000", "2026-11-20T12:00:00.0000000Z",
        "2026-11-20T12:00:00.0000000+00:00", "2026-11-20", "23:59:58.0000000", "01:30:00", "AQL/", "5", "7",
    ];

    public static void List(ModelEventsOptions options) => List(
        options, typeof(bool), typeof(short), typeof(double), typeof(decimal), typeof(char), typeof(string), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(byte[]),
        typeof(DayOfWeek), typeof(ulong));
}
