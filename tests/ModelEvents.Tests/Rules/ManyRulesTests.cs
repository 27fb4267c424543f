using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;
using ModelEvents.Testing;

namespace ModelEvents.Tests.Rules;

/// <summary>That a change finds exactly those of many rules that it meets, however they are looked up.</summary>
public sealed class ManyRulesTests
{
    private static readonly (string Condition, Func<Parcel, bool> IsMet)[] Kinds =
    [
        ("""{ "field": "weight", "op": ">", "value": # }""", p => p.Weight > p.Number),
        ("""{ "field": "weight", "op": ">=", "value": # }""", p => p.Weight >= p.Number),
        ("""{ "field": "weight", "op": "<", "value": # }""", p => p.Weight < p.Number),
        ("""{ "field": "weight", "op": "<=", "value": # }""", p => p.Weight <= p.Number),
        ("""{ "field": "weight", "op": "=", "value": # }""", p => p.Weight == p.Number),
        ("""{ "field": "weight", "op": "!=", "value": # }""", p => p.Weight != p.Number),
        ("""{ "field": "weight", "to": [ #, null, 3 ] }""", p => p.Weight is null or 3 || p.Weight == p.Number),
        ("""{ "field": "town", "op": "contains", "value": "#" }""", p => p.Town.Contains($"{p.Number}", Exactly)),
        ("""{ "field": "town", "op": "ends with", "value": "#" }""", p => p.Town.EndsWith($"{p.Number}", Exactly)),
        ("""{ "all": [ { "field": "is_paid", "op": "=", "value": true }, { "field": "weight", "op": "<", "value": # } ] }""",
            p => p.IsPaid && p.Weight < p.Number),
        ("""{ "any": [ { "field": "is_paid", "op": "=", "value": true }, { "field": "weight", "op": "=", "value": # } ] }""",
            p => p.IsPaid || p.Weight == p.Number),
        ("""{ "any": [ { "field": "town", "op": "in", "value": [ "#" ] }, { "not": { "field": "is_paid", "op": "=", "value": true } } ] }""",
            p => p.Town == $"{p.Number}" || !p.IsPaid),
        ("""{ "not": { "any": [ { "field": "weight", "op": "=", "value": # }, { "field": "town", "op": "=", "value": "#" } ] } }""",
            p => p.Weight != p.Number && p.Town != $"{p.Number}"),
        ("""{ "field": "weight", "from": # }""", _ => false),
    ];

    private const StringComparison Exactly = StringComparison.Ordinal;
    private const int Most = 12;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_raises_exactly_the_rules_that_it_meets()
    {
        await using var services = Services();
        await using var scope = services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<ITriggerRules>();
        var recorder = services.GetRequiredService<ModelEventRecorder>();
        for (var kind = 0; kind < Kinds.Length; kind++)
        {
            for (var number = 0; number < Most; number++)
            {
                var condition = Kinds[kind].Condition.Replace("#", $"{number}", Exactly);
                await rules.CreateAsync(
                    TriggerRuleTypes.Change, $"{kind}/{number}", $$"""{ "model": "Parcel", "condition": {{condition}} }""",
                    cancellationToken: Cancellation);
            }
        }

        var random = new Random(20260102);
        for (var round = 0; round < 200; round++)
        {
            var parcel = new Parcel
            {
                Weight = random.Next(Most + 2) is var weight && weight > Most ? null : weight,
                Town = random.Next(3) == 0 ? "" : $"{random.Next(Most * 10)}",
                IsPaid = random.Next(2) == 0,
            };
            var context = scope.ServiceProvider.GetRequiredService<DepotContext>();
            context.Add(parcel);
            await context.SaveChangesAsync(Cancellation);

            Assert.Equal(
                Expected(parcel),
                recorder.Events.Where(made => made.Name != "parcel__created").Select(made => made.Name).Order(StringComparer.Ordinal));
            recorder.Clear();
        }
    }

    private static IEnumerable<string> Expected(Parcel parcel)
    {
        var names = new List<string>();
        for (var kind = 0; kind < Kinds.Length; kind++)
        {
            for (parcel.Number = 0; parcel.Number < Most; parcel.Number++)
            {
                if (Kinds[kind].IsMet(parcel))
                    names.Add($"trigger__{kind}/{parcel.Number}");
            }
        }

        return names.Order(StringComparer.Ordinal);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        var database = $"{Guid.CreateVersion7()}";
        services.AddDbContext<DepotContext>(options => options.UseInMemoryDatabase(database));
        services.AddModelEvents(options =>
        {
            options.ServiceName = "depot";
            options.Model<Parcel>();
        }).Capture<DepotContext>();
        services.AddModelEventRecorder();
        return services.BuildServiceProvider();
    }

    private sealed class Parcel
    {
        public int Id { get; set; }
        public int? Weight { get; set; }
        public string Town { get; set; } = "";
        public bool IsPaid { get; set; }

        /// <summary>The number of the rule that is asked.</summary>
        [System.ComponentModel.DataAnnotations.Schema.NotMapped]
        public int Number { get; set; }
    }

    private sealed class DepotContext(DbContextOptions<DepotContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTriggerRules();
            modelBuilder.Entity<Parcel>();
        }
    }
}
