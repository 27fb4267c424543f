using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Catalog;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.LogCapture;
using NodaTime;

namespace ModelEvents.Tests.Capture;

/// <summary>Types that a property can have in SQLite and in memory: each has its form, or is refused at start-up by name.</summary>
public sealed class PortableTypesTests
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    private static readonly TypeTable Types = new()
    {
        { true, "true" },
        { (byte)1, "1" },
        { (sbyte)-1, "-1" },
        { (short)-2, "-2" },
        { (ushort)2, "2" },
        { -3, "-3" },
        { 3u, "3" },
        { long.MaxValue, "9223372036854775807" },
        { ulong.MaxValue, "18446744073709551615" },
        { 1.5f, "1.5" },
        { 1.5d, "1.5" },
        { 12.50m, "12.50" },
        { 'ß', "\"ß\"" },
        { "größe", "\"größe\"" },
        { Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"), "\"0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000\"" },
        { Noon, "\"2026-11-20T12:00:00Z\"" },
        { new DateTimeOffset(Noon), "\"2026-11-20T12:00:00+00:00\"" },
        { new DateOnly(2026, 11, 20), "\"2026-11-20\"" },
        { new TimeOnly(23, 59, 58), "\"23:59:58\"" },
        { TimeSpan.FromMinutes(90), "\"01:30:00\"" },
        { new byte[] { 1, 2, 255 }, "\"AQL/\"" },
        { new Uri("https://example.org/a?b"), "\"https://example.org/a?b\"" },
        { DayOfWeek.Friday, "5" },
        { IPAddress.Parse("2001:db8::1"), "\"2001:db8::1\"" },
        { PhysicalAddress.Parse("001122334455"), "\"001122334455\"" },
        { new[] { 1, 2 }, "[1,2]" },
        { new int?[] { 1, null }, "[1,null]" },
        { new List<string> { "a", "b" }, """["a","b"]""" },
        { new[] { DayOfWeek.Friday }, "[5]" },
        { new[] { new TimeOnly(1, 2, 3) }, "[\"01:02:03\"]" },
        { new List<DateOnly> { new(2026, 1, 1) }, "[\"2026-01-01\"]" },
        { new[] { IPAddress.Loopback }, "[\"127.0.0.1\"]" },
        { new[] { new Uri("https://example.org/") }, "[\"https://example.org/\"]" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_type_of_SQLite_has_its_form()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(Cancellation);
        await using var services = Build<SqliteTypes>(options => options.UseSqlite(connection), Types.List);
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<SqliteTypes>();
        await context.Database.EnsureCreatedAsync(Cancellation);
        await Types.SaveAsync(context, andDelete: true, Cancellation);

        await using var session = await services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        var told = (await session.ClaimAsync(LaneSlice.All, 1000, Cancellation)).Select(entry => TwoSources.Told(entry.Event));
        Assert.Equal(Types.Told(andDelete: true), Types.Named(told));
        Assert.Equal("", string.Join('\n', Types.MistakesIn(services.GetRequiredService<IModelEventCatalog>())));
    }

    [Fact]
    public async Task A_type_without_a_form_is_refused_at_start_up_by_name()
    {
        await using var services = Build<Notes>(
            options => options.UseInMemoryDatabase(nameof(Notes)), options => options.Model<Note>().Model<Memo>());

        var failure = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<Models.ModelListProvider>().Current);

        Assert.Equal(
            ["The property 'At' of model 'ModelEvents.Tests.Capture.PortableTypesTests.Note' has values of 'NodaTime.Instant' (in 'Note.At'), "
                + "which JSON cannot show and the provider has no form for. Give it a value converter ('HasConversion'), add a "
                + "converter of its type to 'Json', or, unless it is a key, leave it out by 'Exclude' or name a 'Serializer'."],
            failure.Failures.Where(text => text.Contains("Note.At", StringComparison.Ordinal)));
        Assert.Contains("The property 'Written' of model", failure.Message, StringComparison.Ordinal);
        Assert.Contains("(in 'Stamp.At')", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_array_of_two_dimensions_is_refused_at_start_up_by_name()
    {
        await using var services = Build<Sheets>(options => options.UseNpgsql("Host=none"), options => options.Model<Sheet>());

        var failure = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<Models.ModelListProvider>().Current);

        Assert.Contains("(in 'Sheet.Cells'), which JSON cannot show", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'Sheet.Lines'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_or_has_a_converter_of_the_users_is_not_refused()
    {
        await using var services = Build<Notes>(
            options => options.UseInMemoryDatabase(nameof(Notes)),
            options =>
            {
                options.Model<Note>(note => note.Exclude(n => n.At)).Model<Memo>();
                options.Json.Converters.Add(new InstantConverter());
            });

        Assert.Equal(2, services.GetRequiredService<Models.ModelListProvider>().Current.Models.Count);
    }

    private static ServiceProvider Build<TContext>(Action<DbContextOptionsBuilder> configure, Action<ModelEventsOptions> list)
        where TContext : DbContext
    {
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
        {
            options.ServiceName = "types";
            options.Dispatcher.Enabled = false;
            list(options);
        }).Capture<TContext>();
        services.AddDbContext<TContext>(options => configure(options.AmongMany()));
        return services.BuildServiceProvider();
    }

    private sealed class Sheet
    {
        public int Id { get; set; }

        public int[,] Cells { get; set; } = new int[0, 0];

        public int[] Lines { get; set; } = [];
    }

    private sealed class Sheets(DbContextOptions<Sheets> options) : DbContext(options)
    {
        public DbSet<Sheet> All => Set<Sheet>();
    }

    private sealed class InstantConverter : System.Text.Json.Serialization.JsonConverter<Instant>
    {
        public override Instant Read(
            ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(
            System.Text.Json.Utf8JsonWriter writer, Instant value, System.Text.Json.JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.ToUnixTimeMilliseconds());
    }

    private sealed class Note
    {
        public int Id { get; set; }

        public Instant At { get; set; }
    }

    private sealed class Memo
    {
        public int Id { get; set; }

        public Stamp Written { get; set; } = new();
    }

    private sealed class Stamp
    {
        public Instant At { get; set; }
    }

    private sealed class Notes(DbContextOptions<Notes> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Note>();
            modelBuilder.Entity<Memo>().ComplexProperty(memo => memo.Written);
        }
    }

    private sealed class SqliteTypes(DbContextOptions<SqliteTypes> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => Types.Map(modelBuilder);
    }
}
