#pragma warning disable CS0618 // NpgsqlCidr is old, and still a type that a property can have.
using System.Collections;
using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Numerics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using NpgsqlTypes;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Every type that a property can have is told in its form, and by both sources alike.</summary>
public sealed class TypeTableTests
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Clock = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Unspecified);
    private static readonly Instant Moment = Instant.FromUtc(2026, 11, 20, 12, 0) + Duration.FromMilliseconds(5);

    private static readonly TypeTable BuiltIn = new()
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
        { double.NaN, "\"NaN\"" },
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
    };

    private static readonly TypeTable OfPostgreSql = new()
    {
        { Clock, "\"2026-11-20T12:00:00\"", "timestamp without time zone" },
        { Clock.Date, "\"2026-11-20T00:00:00\"", "date" },
        { TimeSpan.FromMinutes(90), "\"01:30:00\"", "time" },
        { new DateTimeOffset(1, 1, 2, 1, 2, 3, TimeSpan.FromHours(2)), "\"0001-01-02T01:02:03+02:00\"", "timetz" },
        { 1.5f, "1.5", "numeric" },
        { 1.5d, "1.5", "numeric" },
        { 12.50m, "12.50", "money" },
        { BigInteger.Pow(10, 30), "\"1000000000000000000000000000000\"" },
        { "a ", "\"a \"", "character(2)" },
        { "a", "\"a\"", "varchar(9)" },
        { "a", "\"a\"", "citext" },
        { "<a/>", "\"<a/>\"", "xml" },
        { "$.\"a\"", "\"$.\\\"a\\\"\"", "jsonpath" },
        { """{"a": 1}""", "\"{\\\"a\\\": 1}\"", "jsonb" },
        { """{"a":1}""", "\"{\\\"a\\\":1}\"", "json" },
        { JsonDocument.Parse("""{"a":1}"""), """{"a":1}""" },
        { JsonDocument.Parse("[1]").RootElement, "[1]" },
        { JsonDocument.Parse("[1]").RootElement, "[1]", "json" },
        { PhysicalAddress.Parse("0011223344556677"), "\"0011223344556677\"", "macaddr8" },
        { IPNetwork.Parse("10.0.0.0/8"), "\"10.0.0.0/8\"" },
        { new NpgsqlInet(IPAddress.Parse("10.0.0.1"), 8), "\"10.0.0.1/8\"" },
        { new NpgsqlCidr(IPAddress.Parse("10.0.0.0"), 8), "\"10.0.0.0/8\"" },
        { new BitArray([true, false, true]), "\"101\"" },
        { new BitArray([true, false, true]), "\"101\"", "bit(3)" },
        { new NpgsqlPoint(1.5, 2), "\"(1.5,2)\"" },
        { new NpgsqlBox(3, 2, 1, 0), "\"((2,3),(0,1))\"" },
        { new NpgsqlLine(1, 2, 3), "\"{1,2,3}\"" },
        { new NpgsqlLSeg(1, 2, 3, 4), "\"[(1,2),(3,4)]\"" },
        { new NpgsqlPath(new NpgsqlPoint(1, 2), new NpgsqlPoint(3, 4)), "\"((1,2),(3,4))\"" },
        { new NpgsqlPolygon(new NpgsqlPoint(1, 2), new NpgsqlPoint(3, 4)), "\"((1,2),(3,4))\"" },
        { new NpgsqlCircle(1, 2, 3), "\"<(1,2),3>\"" },
        { new NpgsqlCube(1, 2), "\"(1),(2)\"" },
        { new NpgsqlTid(1, 2), "\"(1,2)\"" },
        { new NpgsqlLogSequenceNumber(123456789), "\"0/75BCD15\"" },
        { 7u, "7", "xid" },
        { 7ul, "7", "xid8" },
        { 7u, "7", "oid" },
        { 7u, "7", "cid" },
        { 7u, "7", "lo" },
        { 23u, "23", "regtype" },
        { 3748u, "3748", "regconfig" },
        { 3765u, "3765", "regdictionary" },
        { NpgsqlTsQuery.Parse("'a' & 'b'"), "\"'a' & 'b'\"" },
        { NpgsqlTsVector.Parse("'a':1 'b':2"), "\"'a':1 'b':2\"" },
        { new NpgsqlRange<int>(1, true, 5, false), "\"[1,5)\"" },
        { new NpgsqlRange<long>(1, true, false, 0, false, true), "\"[1,)\"" },
        { new NpgsqlRange<decimal>(1.5m, 5m), "\"[1.5,5.0]\"" },
        { new NpgsqlRange<DateTime>(Noon, Noon.AddDays(1)), "\"[\\\"2026-11-20T12:00:00Z\\\",\\\"2026-11-21T12:00:00Z\\\"]\"" },
        { new NpgsqlRange<DateTime>(Clock, Clock), "\"[\\\"2026-11-20T12:00:00\\\",\\\"2026-11-20T12:00:00\\\"]\"", "tsrange" },
        { new NpgsqlRange<DateTimeOffset>(Noon, Noon), "\"[\\\"2026-11-20T12:00:00+00:00\\\",\\\"2026-11-20T12:00:00+00:00\\\"]\"", "tstzrange" },
        { new NpgsqlRange<DateOnly>(new(2026, 1, 1), true, new(2026, 1, 3), false), "\"[2026-01-01,2026-01-03)\"" },
        { new NpgsqlRange<DateTime>(Clock.Date, true, Clock.Date.AddDays(1), false), "\"[2026-11-20,2026-11-21)\"", "daterange" },
        { NpgsqlRange<int>.Empty, "\"empty\"" },
        { new[] { new NpgsqlRange<int>(1, true, 5, false), new NpgsqlRange<int>(7, true, 9, false) }, "[\"[1,5)\",\"[7,9)\"]" },
        { new List<NpgsqlRange<long>> { new(1, true, 5, false) }, "[\"[1,5)\"]" },
        { new Dictionary<string, string> { ["a"] = "b", ["n"] = null! }, """{"a":"b","n":null}""" },
        { ImmutableDictionary<string, string>.Empty.Add("a", "b"), """{"a":"b"}""" },
        { new LTree("a.b"), "\"a.b\"" },
        { "a.b", "\"a.b\"", "ltree" },
        { "a.*", "\"a.*\"", "lquery" },
        { "a & b", "\"a & b\"", "ltxtquery" },
        { new[] { 1, 2 }, "[1,2]" },
        { new int?[] { 1, null }, "[1,null]" },
        { new List<string> { "a", "b" }, """["a","b"]""" },
        { new[] { 1.50m }, "[1.50]" },
        { new[] { Noon }, "[\"2026-11-20T12:00:00Z\"]" },
        { new[] { new TimeOnly(1, 2, 3) }, "[\"01:02:03\"]" },
        { new[] { DayOfWeek.Friday }, "[5]" },
        { new[] { Guid.Empty }, "[\"00000000-0000-0000-0000-000000000000\"]" },
        { new[] { new byte[] { 1 } }, "[\"AQ==\"]" },
        { new[] { IPAddress.Loopback }, "[\"127.0.0.1\"]" },
        { new List<IPAddress> { IPAddress.Loopback }, "[\"127.0.0.1\"]" },
        { new[] { BigInteger.One }, "[\"1\"]" },
        { new[] { new NpgsqlPoint(1, 2) }, "[\"(1,2)\"]" },
        { new[] { new BitArray([true, false]) }, "[\"10\"]" },
        { new[] { new LTree("a.b") }, "[\"a.b\"]" },
        { new[] { new Uri("https://example.org/") }, "[\"https://example.org/\"]" },
    };

    private static readonly TypeTable OfNodaTime = new()
    {
        { Moment, "\"2026-11-20T12:00:00.005Z\"" },
        { new LocalDateTime(2026, 11, 20, 12, 0), "\"2026-11-20T12:00:00\"" },
        { new LocalDate(2026, 11, 20), "\"2026-11-20\"" },
        { new LocalTime(1, 2, 3, 4), "\"01:02:03.004\"" },
        { new OffsetTime(new LocalTime(1, 2, 3), Offset.FromHours(2)), "\"01:02:03+02\"" },
        { Moment.InUtc(), "\"2026-11-20T12:00:00.005Z\"" },
        { Moment.WithOffset(Offset.Zero), "\"2026-11-20T12:00:00.005Z\"" },
        { Period.FromMonths(3), "\"P3M\"" },
        { Duration.FromMinutes(90), "\"01:30:00\"" },
        { DateTimeZoneProviders.Tzdb["Europe/Berlin"], "\"Europe/Berlin\"" },
        { new Interval(Moment, Moment + Duration.FromHours(1)), "\"[2026-11-20T12:00:00.005Z,2026-11-20T13:00:00.005Z)\"" },
        { new DateInterval(new(2026, 1, 1), new(2026, 1, 3)), "\"[2026-01-01,2026-01-03]\"" },
        { new NpgsqlRange<Instant>(Moment, Moment), "\"[\\\"2026-11-20T12:00:00.005Z\\\",\\\"2026-11-20T12:00:00.005Z\\\"]\"" },
        { new NpgsqlRange<LocalDate>(new(2026, 1, 1), true, new(2026, 1, 3), false), "\"[2026-01-01,2026-01-03)\"" },
        { new NpgsqlRange<LocalDateTime>(new(2026, 1, 1, 1, 1), new(2026, 1, 3, 1, 1)), "\"[\\\"2026-01-01T01:01:00\\\",\\\"2026-01-03T01:01:00\\\"]\"" },
        { new[] { new Interval(Moment, Moment + Duration.FromHours(1)) }, "\"{[2026-11-20T12:00:00.005Z,2026-11-20T13:00:00.005Z)}\"" },
        { new[] { new DateInterval(new(2026, 1, 1), new(2026, 1, 3)) }, "\"{[2026-01-01,2026-01-03]}\"" },
        { new[] { Moment }, "[\"2026-11-20T12:00:00.005Z\"]" },
        { new List<LocalDate> { new(2026, 1, 1) }, "[\"2026-01-01\"]" },
    };

    private static readonly TypeTable OfUsers = new()
    {
        { new NpgsqlRange<float>(1.5f, true, 2.5f, false), "\"[1.5,2.5)\"", "floatrange" },
        { NpgsqlRange<float>.Empty, "\"empty\"", "floatrange" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Built_in_types_are_told_alike() =>
        AreToldAsync<BuiltInTypes>(BuiltIn);

    [Fact]
    public Task Types_of_PostgreSQL_are_told_alike() =>
        AreToldAsync<PostgreSqlTypes>(OfPostgreSql);

    /// <summary>A deleted one has its key alone in the log, which needs the plugin on every connection.</summary>
    [Fact]
    public Task Types_of_NodaTime_are_told_alike() =>
        AreToldAsync<NodaTimeTypes>(OfNodaTime, andDelete: false);

    /// <summary>As those of NodaTime: the context alone has them mapped.</summary>
    [Fact]
    public Task Ranges_of_users_are_told_alike() =>
        AreToldAsync<TypesOfUsers>(OfUsers, andDelete: false, npgsql => npgsql
            .ConfigureDataSource(source => source.EnableUnmappedTypes())
            .MapRange<float>("floatrange"));

    private static async Task AreToldAsync<TContext>(
        TypeTable table, bool andDelete = true, Action<NpgsqlDbContextOptionsBuilder>? configure = null)
        where TContext : DbContext
    {
        await using var sources = await TwoSources<TContext>.CreateAsync(
            table.List, configure ?? (npgsql => npgsql.UseNodaTime()));
        await using (var context = sources.NewContext())
            await table.SaveAsync(context, andDelete, Cancellation);

        var told = table.Named(await sources.ToldAlikeAsync()).ToList();
        var others = told.Except(table.Told(andDelete)).ToList();
        Assert.True(others.Count == 0, string.Join('\n', others));
        Assert.Equal(table.Told(andDelete), told);
        Assert.Equal("", string.Join('\n', table.MistakesIn(sources.Catalog)));
    }

    private sealed class BuiltInTypes(DbContextOptions<BuiltInTypes> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => BuiltIn.Map(modelBuilder);
    }

    private sealed class PostgreSqlTypes(DbContextOptions<PostgreSqlTypes> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            foreach (var extension in (string[])["hstore", "ltree", "citext", "cube", "lo"])
                modelBuilder.HasPostgresExtension(extension);
            OfPostgreSql.Map(modelBuilder);
        }
    }

    private sealed class NodaTimeTypes(DbContextOptions<NodaTimeTypes> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => OfNodaTime.Map(modelBuilder);
    }

    private sealed class TypesOfUsers(DbContextOptions<TypesOfUsers> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.HasPostgresRange("floatrange", "real");
            OfUsers.Map(modelBuilder);
        }
    }
}
