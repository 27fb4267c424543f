using System.Net;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Keys, links and complex values of types that JSON does not have.</summary>
public sealed class TypeKeyTests : IAsyncLifetime
{
    private TwoSources<Network> _sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sources = await TwoSources<Network>.CreateAsync(
        options => options.Model<Machine>().Model<Route>().Model<Zone>());

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task Keys_are_told_in_the_form_of_their_type()
    {
        await using var context = _sources.NewContext();
        var machine = new Machine { Id = BigInteger.Pow(10, 20), Name = "a" };
        var route = new Route { From = 'x', Number = 7, Name = "b" };
        context.AddRange(machine);
        await context.SaveChangesAsync(Cancellation);
        context.AddRange(route);
        await context.SaveChangesAsync(Cancellation);
        (machine.Name, route.Name) = ("c", "d");
        await context.SaveChangesAsync(Cancellation);
        context.Remove(machine);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            [
                """machine__created 100000000000000000000 {"id":"100000000000000000000","name":"a","zones":[]}""",
                """route__created ["x","7"] {"from":"x","number":"7","name":"b"}""",
                """machine__updated 100000000000000000000 {"id":"100000000000000000000","name":"c"} name""",
                """route__updated ["x","7"] {"from":"x","number":"7","name":"d"} name""",
                """machine__deleted 100000000000000000000 {"id":"100000000000000000000","name":"c"}""",
            ],
            await _sources.ToldAlikeAsync());
    }

    [Fact]
    public async Task Links_and_complex_values_are_told_in_the_form_of_their_types()
    {
        await using var context = _sources.NewContext();
        var machine = new Machine { Id = 12 };
        context.Add(machine);
        await context.SaveChangesAsync(Cancellation);
        await _sources.ToldAlikeAsync();
        var zone = new Zone
        {
            Id = 1,
            Machines = { machine },
            Hops = { new Hop { Via = IPAddress.Parse("10.0.0.3"), Cost = 5, Kind = HopKind.Slow } },
            Center = new Center { At = new NpgsqlPoint(1, 2) },
        };
        context.Add(zone);
        await context.SaveChangesAsync(Cancellation);

        var (tracked, logged) = await _sources.ToldAsync();
        string[] created = ["""zone__created 1 {"id":1,"center":{"at":"(1,2)"},"hops":[{"cost":"5","kind":1,"via":"10.0.0.3"}],"machines":["12"]}"""];
        Assert.Equal(created, tracked.Where(told => told.StartsWith("zone", StringComparison.Ordinal)));
        Assert.Equal(created, logged.Where(told => told.StartsWith("zone", StringComparison.Ordinal)));
    }

    /// <summary>The connection that reads the log does not know NodaTime's types; a deleted one has its key alone there.</summary>
    [Fact]
    public async Task Keys_of_types_that_only_the_context_can_read_are_told_in_their_form()
    {
        await using var sources = await TwoSources<TimeTable>.CreateAsync(TimeTable.List, npgsql => npgsql.UseNodaTime());
        await AreToldAlikeAsync(sources, TimeTable.Keys);
    }

    [Fact]
    public async Task Keys_of_every_kind_are_told_alike_by_both_sources()
    {
        await using var sources = await TwoSources<KeyTable>.CreateAsync(KeyTable.List);
        await AreToldAlikeAsync(sources, KeyTable.Keys);
    }

    /// <summary>Adds, changes and deletes an instance of each model, which both sources must tell with these keys.</summary>
    private static async Task AreToldAlikeAsync<TContext>(TwoSources<TContext> sources, string[] keys)
        where TContext : KeyTables
    {
        await using var context = sources.NewContext();
        await context.AddAndChangeAllAsync();
        var told = (await sources.ToldAlikeAsync(Headless)).ToList();
        context.RemoveRange(context.ChangeTracker.Entries().Select(entry => entry.Entity));
        await context.SaveChangesAsync(Cancellation);
        var (tracked, logged) = await sources.ToldAsync();

        Assert.Equal(keys.Select(key => $"created {key}"), told.Take(keys.Length));
        Assert.Equal(keys.Select(key => $"updated {key}"), told.Skip(keys.Length));
        Assert.Equal(keys.Select(key => $"deleted {key}").Order(), tracked.Select(Headless).Order());
        Assert.Equal(keys.Select(key => $"deleted {key}").Order(), logged.Select(Headless).Order());
    }

    /// <summary>What happened, and the key.</summary>
    private static string Headless(string told) => told[(told.IndexOf("__", StringComparison.Ordinal) + 2)..told.IndexOf(" {", StringComparison.Ordinal)];

    private sealed class Machine
    {
        public BigInteger Id { get; set; }

        public string Name { get; set; } = "";

        public List<Zone> Zones { get; } = [];
    }

    private sealed class Route
    {
        public char From { get; set; }

        public BigInteger Number { get; set; }

        public string Name { get; set; } = "";
    }

    private sealed class Zone
    {
        public int Id { get; set; }

        public List<Machine> Machines { get; } = [];

        public List<Hop> Hops { get; set; } = [];

        public Center Center { get; set; } = new();
    }

    private sealed class Center
    {
        public NpgsqlPoint At { get; set; }
    }

    private sealed class Hop
    {
        public IPAddress Via { get; set; } = IPAddress.None;

        public BigInteger Cost { get; set; }

        public HopKind Kind { get; set; }
    }

    private enum HopKind
    {
        Fast,
        Slow,
    }

    private sealed class Network(DbContextOptions<Network> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Machine>().Property(machine => machine.Id).ValueGeneratedNever();
            modelBuilder.Entity<Route>().HasKey(route => new { route.From, route.Number });
            modelBuilder.Entity<Zone>(zone =>
            {
                zone.Property(z => z.Id).ValueGeneratedNever();
                zone.HasMany(z => z.Machines).WithMany(machine => machine.Zones);
                zone.ComplexProperty(z => z.Center);
                zone.ComplexCollection(z => z.Hops, hops => hops.ToJson());
            });
        }
    }
}
