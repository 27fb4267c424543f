using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Catalog;
using ModelEvents.Rules;
using ModelEvents.Testing;
using ModelEvents.Tests.Catalog;

namespace ModelEvents.Tests.Rules;

/// <summary>What conditions say of changes, by the operator and by the kind of value.</summary>
public sealed class ConditionTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly IServiceScope _scope;
    private readonly PortContext _port;

    public ConditionTests()
    {
        var services = new ServiceCollection();
        var database = $"{Guid.CreateVersion7()}";
        services.AddDbContext<PortContext>(options => options.UseInMemoryDatabase(database));
        services.AddModelEvents(options =>
        {
            options.ServiceName = "port";
            options.Model<Ship>();
        }).Capture<PortContext>();
        services.AddModelEventRecorder();
        _services = services.BuildServiceProvider();
        _scope = _services.CreateScope();
        _port = _scope.ServiceProvider.GetRequiredService<PortContext>();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{ "field": "Name", "op": "=", "value": "Anna" }""", true)]
    [InlineData("""{ "field": "name", "op": "=", "value": "anna" }""", false)]
    [InlineData("""{ "field": "name", "op": "!=", "value": "Anna" }""", false)]
    [InlineData("""{ "field": "name", "op": "in", "value": [ "Bert", "Anna" ] }""", true)]
    [InlineData("""{ "field": "name", "op": "not in", "value": [ "Bert", "Anna" ] }""", false)]
    [InlineData("""{ "field": "name", "op": "contains", "value": "nn" }""", true)]
    [InlineData("""{ "field": "name", "op": "starts with", "value": "An" }""", true)]
    [InlineData("""{ "field": "name", "op": "starts with", "value": "nn" }""", false)]
    [InlineData("""{ "field": "name", "op": "ends with", "value": "na" }""", true)]
    [InlineData("""{ "field": "name", "op": "ends with", "value": "An" }""", false)]
    [InlineData("""{ "field": "crew", "op": ">", "value": 20 }""", false)]
    [InlineData("""{ "field": "crew", "op": ">=", "value": 20 }""", true)]
    [InlineData("""{ "field": "crew", "op": "<", "value": 20 }""", false)]
    [InlineData("""{ "field": "crew", "op": "<=", "value": 20 }""", true)]
    [InlineData("""{ "field": "crew", "op": "<", "value": 21 }""", true)]
    [InlineData("""{ "field": "weight", "op": ">", "value": 99.5 }""", true)]
    [InlineData("""{ "field": "built", "op": ">=", "value": "1999-12-31" }""", true)]
    [InlineData("""{ "field": "built", "op": ">", "value": "1999-12-31" }""", false)]
    [InlineData("""{ "field": "arrived", "op": "<", "value": "2026-01-02T12:00:00+01:00" }""", false)]
    [InlineData("""{ "field": "arrived", "op": "=", "value": "2026-01-02T12:00:00+01:00" }""", true)]
    [InlineData("""{ "field": "arrived", "op": "=", "value": "2026-01-02T11:00:00" }""", true)]
    [InlineData("""{ "field": "left", "op": "=", "value": "2026-01-02T14:30:00+02:30" }""", true)]
    [InlineData("""{ "field": "left", "op": ">=", "value": "2026-01-02T12:00:01Z" }""", false)]
    [InlineData("""{ "field": "slope", "op": "<", "value": 0 }""", false)]
    [InlineData("""{ "field": "slope", "op": ">=", "value": 0 }""", false)]
    [InlineData("""{ "field": "slope", "op": "!=", "value": 0 }""", true)]
    [InlineData("""{ "field": "is_loaded", "op": "=", "value": true }""", true)]
    [InlineData("""{ "field": "kind", "op": "=", "value": "deep_sea" }""", true)]
    [InlineData("""{ "field": "kind", "op": "=", "value": "DeepSea" }""", true)]
    [InlineData("""{ "field": "kind", "op": "=", "value": 1 }""", true)]
    [InlineData("""{ "field": "kind", "op": "in", "value": [ "coastal" ] }""", false)]
    [InlineData("""{ "field": "berth", "op": "=", "value": 4 }""", true)]
    [InlineData("""{ "field": "berth", "op": ">", "value": 4 }""", false)]
    [InlineData("""{ "field": "owner.city", "op": "=", "value": "Kiel" }""", true)]
    [InlineData("""{ "field": "Owner.Rating", "op": ">", "value": 4 }""", true)]
    [InlineData("""{ "field": "flag", "op": "=", "value": "de" }""", true)]
    [InlineData("""{ "field": "pilot", "op": "=", "value": null }""", true)]
    [InlineData("""{ "field": "pilot", "op": "!=", "value": null }""", false)]
    [InlineData("""{ "field": "pilot", "op": "!=", "value": "Zoë" }""", true)]
    [InlineData("""{ "field": "pilot", "op": "in", "value": [ "Zoë", null ] }""", true)]
    [InlineData("""{ "field": "draught", "op": ">", "value": 0 }""", false)]
    [InlineData("""{ "field": "draught", "op": "<=", "value": 0 }""", false)]
    [InlineData("""{ "any": [ { "field": "crew", "op": "=", "value": 1 }, { "field": "crew", "op": "=", "value": 20 } ] }""", true)]
    [InlineData("""{ "any": [ { "field": "crew", "op": "=", "value": 1 }, { "field": "crew", "op": "=", "value": 2 } ] }""", false)]
    [InlineData("""{ "all": [ { "field": "crew", "op": "=", "value": 20 }, { "field": "crew", "op": ">", "value": 20 } ] }""", false)]
    [InlineData("""{ "not": { "all": [ { "field": "crew", "op": "=", "value": 1 } ] } }""", true)]
    public async Task A_test_looks_at_the_value_after_the_change(string condition, bool isMet)
    {
        await AddAsync(condition, "created");

        await SaveAsync(NewShip());

        Assert.Equal(isMet ? 1 : 0, Raised);
    }

    [Theory]
    [InlineData("""{ "field": "crew", "from": 20, "to": 21 }""", true)]
    [InlineData("""{ "field": "crew", "to": 21 }""", true)]
    [InlineData("""{ "field": "crew", "from": 20 }""", true)]
    [InlineData("""{ "field": "crew", "from": [ 19, 20 ], "to": [ 21, 22 ] }""", true)]
    [InlineData("""{ "field": "crew", "from": 19 }""", false)]
    [InlineData("""{ "field": "crew", "to": 22 }""", false)]
    [InlineData("""{ "field": "crew", "changed": true }""", true)]
    [InlineData("""{ "field": "name", "changed": true }""", false)]
    [InlineData("""{ "field": "name", "to": "Anna" }""", false)]
    [InlineData("""{ "field": "pilot", "from": null, "to": "Zoë" }""", true)]
    [InlineData("""{ "field": "owner.city", "from": "Kiel", "to": "Bremen" }""", true)]
    [InlineData("""{ "field": "kind", "from": "deep_sea", "to": "coastal" }""", true)]
    [InlineData("""{ "field": "berth", "from": 4, "to": 5 }""", true)]
    [InlineData("""{ "field": "crew", "op": "=", "value": 20, "of": "before" }""", true)]
    [InlineData("""{ "field": "crew", "op": "=", "value": 21, "of": "before" }""", false)]
    [InlineData("""{ "field": "crew", "op": "=", "value": 21, "of": "after" }""", true)]
    [InlineData("""{ "field": "marks", "changed": true }""", true)]
    public async Task A_transition_looks_at_the_values_before_and_after(string condition, bool isMet)
    {
        var ship = NewShip();
        await SaveAsync(ship);
        await AddAsync(condition, "updated");

        (ship.Crew, ship.Pilot, ship.Kind, ship.Berth) = (21, "Zoë", Kind.Coastal, new Berth(5));
        ship.Owner = ship.Owner with { City = "Bremen" };
        ship.Marks = ["new"];
        await _port.SaveChangesAsync(Cancellation);

        Assert.Equal(isMet ? 1 : 0, Raised);
    }

    [Theory]
    [InlineData("""{ "field": "crew", "to": 20 }""", "created", true)]
    [InlineData("""{ "field": "crew", "from": 0, "to": 20 }""", "created", false)]
    [InlineData("""{ "field": "crew", "changed": true }""", "created", false)]
    [InlineData("""{ "field": "crew", "op": "=", "value": 20, "of": "before" }""", "created", false)]
    [InlineData("""{ "field": "crew", "op": "=", "value": 20 }""", "deleted", true)]
    [InlineData("""{ "field": "crew", "op": "=", "value": 20, "of": "before" }""", "deleted", true)]
    [InlineData("""{ "field": "crew", "from": 20 }""", "deleted", false)]
    [InlineData("""{ "field": "crew", "changed": true }""", "deleted", false)]
    public async Task An_insert_changes_from_nothing_and_a_delete_changes_nothing(string condition, string action, bool isMet)
    {
        await AddAsync(condition, action);

        var ship = NewShip();
        await SaveAsync(ship);
        _port.Remove(ship);
        await _port.SaveChangesAsync(Cancellation);

        Assert.Equal(isMet ? 1 : 0, Raised);
    }

    [Fact]
    public async Task A_rule_without_condition_and_actions_is_met_by_every_change()
    {
        await Rules.CreateAsync(TriggerRuleTypes.Change, "any", """{ "model": "ship" }""", cancellationToken: Cancellation);

        var ship = NewShip();
        await SaveAsync(ship);
        ship.Crew++;
        await _port.SaveChangesAsync(Cancellation);
        _port.Remove(ship);
        await _port.SaveChangesAsync(Cancellation);

        Assert.Equal(3, _services.GetRequiredService<ModelEventRecorder>().Named("trigger__any").Count);
    }

    [Fact]
    public async Task Values_are_told_as_the_default_body_has_them()
    {
        await AddAsync(
            """
            { "all": [
              { "field": "kind", "op": "=", "value": "deep_sea" }, { "field": "berth", "op": "=", "value": 4 },
              { "field": "owner.city", "op": "=", "value": "Kiel" }, { "field": "pilot", "op": "=", "value": null }
            ] }
            """,
            "created");

        await SaveAsync(NewShip());

        var raised = _services.GetRequiredService<ModelEventRecorder>().Single("trigger__rule");
        Assert.Equal(
            """{"berth":{"after":4},"kind":{"after":1},"pilot":{"after":null},"owner.city":{"after":"Kiel"}}""",
            raised.Json.GetProperty("description").GetProperty("fields").GetRawText());
    }

    [Fact]
    public async Task The_catalog_knows_what_rules_may_raise()
    {
        await AddAsync("""{ "field": "crew", "op": "=", "value": 20 }""", "created");
        await SaveAsync(NewShip());
        var catalog = _services.GetRequiredService<IModelEventCatalog>();

        var known = Assert.Single(catalog.Events, known => known.Name == "trigger__{rule}");
        var raised = _services.GetRequiredService<ModelEventRecorder>().Single("trigger__rule");

        Assert.True(known.IsTemplate);
        Assert.True(catalog.Contains("trigger__rule"));
        Assert.Equal(("port", ""), (known.Service, known.Model));
        Assert.Empty(new SchemaChecker(known.BodySchema).MistakesIn(raised.Json));
        Assert.Subset(known.Headers.Select(header => header.Name).ToHashSet(), raised.Headers.Keys.ToHashSet());
        Assert.Equal(
            "The rule's name.",
            (string)catalog.ToAsyncApi()["channels"]!["port.trigger___rule_"]!["parameters"]!["rule"]!["description"]!);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
    }

    private ITriggerRules Rules => _scope.ServiceProvider.GetRequiredService<ITriggerRules>();

    private int Raised => _services.GetRequiredService<ModelEventRecorder>().Named("trigger__rule").Count;

    private Task<TriggerRule> AddAsync(string condition, string action) => Rules.CreateAsync(
        TriggerRuleTypes.Change,
        "rule",
        $$"""{ "model": "Ship", "actions": [ "{{action}}" ], "condition": {{condition}} }""",
        cancellationToken: Cancellation);

    private async Task SaveAsync(Ship ship)
    {
        _port.Add(ship).Property("Flag").CurrentValue = "de";
        await _port.SaveChangesAsync(Cancellation);
    }

    private static Ship NewShip() => new()
    {
        Name = "Anna",
        Crew = 20,
        Weight = 99.75,
        Built = new DateOnly(1999, 12, 31),
        Arrived = new DateTimeOffset(2026, 1, 2, 11, 0, 0, TimeSpan.Zero),
        Left = new DateTime(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc),
        Slope = float.NaN,
        IsLoaded = true,
        Kind = Kind.DeepSea,
        Berth = new Berth(4),
        Owner = new Owner { City = "Kiel", Rating = 5 },
    };

    internal enum Kind
    {
        Coastal,
        DeepSea,
    }

    internal readonly record struct Berth(int Number);

    internal sealed record Owner
    {
        public string City { get; init; } = "";

        public short Rating { get; init; }
    }

    internal sealed class Ship
    {
        public int Id { get; set; }
        public string Name { get; set; } = "";
        public int Crew { get; set; }
        public double Weight { get; set; }
        public DateOnly Built { get; set; }
        public DateTimeOffset Arrived { get; set; }
        public DateTime Left { get; set; }
        public float Slope { get; set; }
        public bool IsLoaded { get; set; }
        public Kind Kind { get; set; }
        public Berth Berth { get; set; }
        public Owner Owner { get; set; } = new();
        public string? Pilot { get; set; }
        public decimal? Draught { get; set; }
        public List<string> Marks { get; set; } = [];
    }

    internal sealed class PortContext(DbContextOptions<PortContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTriggerRules();
            modelBuilder.Entity<Ship>(ship =>
            {
                ship.Property(s => s.Berth).HasConversion(berth => berth.Number, number => new Berth(number));
                ship.Property<string>("Flag");
                ship.ComplexProperty(s => s.Owner);
            });
        }
    }
}
