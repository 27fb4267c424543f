using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;
using ModelEvents.Testing;

namespace ModelEvents.Tests.Rules;

/// <summary>What handlers of the user's may be, and how rules of theirs are kept.</summary>
public sealed class RuleHandlerTests : IDisposable
{
    private readonly InMemoryDatabaseRoot _database = new();
    private readonly Named _named = new("named");
    private readonly ServiceProvider _services;
    private readonly IServiceScope _scope;

    public RuleHandlerTests()
    {
        _services = Services(_named);
        _scope = _services.CreateScope();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ITriggerRules Rules => _scope.ServiceProvider.GetRequiredService<ITriggerRules>();

    [Fact]
    public async Task A_model_may_be_named_in_several_ways()
    {
        foreach (var model in new[] { "Barge", "barge", typeof(Barge).FullName! })
            await AddAsync(model);

        await SaveAsync(_services);

        Assert.Equal(3, _services.GetRequiredService<ModelEventRecorder>().Named("trigger__rule").Count);
    }

    [Fact]
    public async Task A_model_that_is_not_listed_is_refused()
    {
        var refused = await Assert.ThrowsAsync<InvalidTriggerRuleException>(() => AddAsync("Brage"));

        Assert.StartsWith("The model 'Brage' is not listed.", Assert.Single(refused.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_a_rule_is_read_once_by_saves_at_the_same_time()
    {
        await AddAsync("Barge");
        await using var process = Services(_named);
        var before = _named.Read;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => SaveAsync(process), Cancellation)));

        Assert.Equal(1, _named.Read - before);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("a type that has more characters than there can be in it")]
    public void A_handler_has_a_type_that_rules_can_have(string type)
    {
        using var services = Services(new Named(type));
        using var scope = services.CreateScope();

        var mistake = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<ITriggerRules>());

        Assert.Equal(
            $"The handler 'Named' is for rules of the type '{type}'. Give it a type of 1 to 50 characters.", mistake.Message);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
    }

    private Task<TriggerRule> AddAsync(string model) => Rules.CreateAsync(
        "named", "rule", new Dictionary<string, object?> { ["model"] = model }, cancellationToken: Cancellation);

    private static async Task SaveAsync(ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<RiverContext>();
        context.Add(new Barge());
        await context.SaveChangesAsync(Cancellation);
    }

    private ServiceProvider Services(Named named)
    {
        var services = new ServiceCollection();
        services.AddDbContext<RiverContext>(options => options.UseInMemoryDatabase("river", _database));
        services.AddModelEvents(options =>
        {
            options.ServiceName = "river";
            options.Model<Barge>();
        }).Capture<RiverContext>();
        services.AddModelEventRecorder();
        services.AddSingleton<ITriggerRuleHandler>(named);
        return services.BuildServiceProvider();
    }

    /// <summary>Met by every change of the model that the rule names, as it names it.</summary>
    private sealed class Named(string type) : ITriggerRuleHandler
    {
        private int _read;

        public int Read => _read;

        public string Type => type;

        ITriggerCondition ITriggerRuleHandler.Read(JsonElement configuration, TriggerModels models)
        {
            Interlocked.Increment(ref _read);
            return new Always(configuration.GetProperty("model").GetString()!);
        }
    }

    private sealed class Always(string model) : ITriggerCondition
    {
        public string Model => model;

        public bool IsMet(TriggerChange change) => true;
    }

    private sealed class Barge
    {
        public int Id { get; set; }
    }

    private sealed class RiverContext(DbContextOptions<RiverContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTriggerRules();
            modelBuilder.Entity<Barge>();
        }
    }
}
