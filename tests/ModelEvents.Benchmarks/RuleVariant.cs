using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;
using Npgsql;

namespace ModelEvents.Benchmarks;

/// <summary>A context that maps rules, or does not: a kind of its own for each <typeparamref name="TKind"/>.</summary>
internal sealed class RuleBenchmarkContext<TKind>(DbContextOptions<RuleBenchmarkContext<TKind>> options) : DbContext(options)
{
    public DbSet<GuidRow> GuidRows => Set<GuidRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        if (typeof(TKind) != typeof(NoRules))
            modelBuilder.AddTriggerRules();
    }
}

/// <summary>The context knows nothing of rules.</summary>
internal sealed class NoRules;

/// <summary>Rules could be created, but there are none.</summary>
internal sealed class RulesMapped;

/// <summary>There are as many rules as the benchmark creates.</summary>
internal sealed class RulesActive;

/// <summary>Saves one row in a database of its own.</summary>
internal sealed class RuleVariant<TKind> : IRuleVariant
{
    private readonly string _server;
    private readonly string _name = $"benchmark_{Guid.CreateVersion7():N}";
    private readonly ServiceProvider _services;

    public RuleVariant(string server)
    {
        _server = server;
        var connection = new NpgsqlConnectionStringBuilder(server) { Database = _name }.ConnectionString;
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
        {
            options.ServiceName = "benchmark";
            options.Dispatcher.Enabled = false;
            options.Model<GuidRow>();
        }).Capture<RuleBenchmarkContext<TKind>>().UsePostgreSql();
        services.AddDbContext<RuleBenchmarkContext<TKind>>(options => options.UseNpgsql(connection));
        _services = services.BuildServiceProvider();
    }

    public async Task CreateAsync(int rules)
    {
        await using var scope = _services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RuleBenchmarkContext<TKind>>().Database.EnsureCreatedAsync();
        await OpenTwoConnectionsAsync();
        for (var number = 0; number < rules; number++)
        {
            await scope.ServiceProvider.GetRequiredService<ITriggerRules>().CreateAsync(
                TriggerRuleTypes.Change,
                $"rule {number}",
                $$"""{ "model": "GuidRow", "condition": {{ConditionOf(number)}} }""");
        }
    }

    public async Task<double> SaveAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<RuleBenchmarkContext<TKind>>();
        context.Add(new GuidRow());
        return await Median.MillisecondsAsync(() => context.SaveChangesAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await using var source = NpgsqlDataSource.Create(_server);
        await using var command = source.CreateCommand($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Where there are rules the look for changed ones opens a second connection sooner or later, and the pool then takes
    /// turns: a fair comparison has two in every pool.
    /// </summary>
    private async Task OpenTwoConnectionsAsync()
    {
        await using var one = _services.CreateAsyncScope();
        await using var other = _services.CreateAsyncScope();
        await one.ServiceProvider.GetRequiredService<RuleBenchmarkContext<TKind>>().Database.OpenConnectionAsync();
        await other.ServiceProvider.GetRequiredService<RuleBenchmarkContext<TKind>>().Database.OpenConnectionAsync();
    }

    /// <summary>Of several kinds, each rule with values of its own; the benchmark's rows meet none.</summary>
    private static string ConditionOf(int number) => (number % 4) switch
    {
        0 => $$"""{ "field": "total", "op": ">", "value": {{2000 + number}} }""",
        1 => $$"""{ "field": "text", "op": "contains", "value": "not {{number}}" }""",
        2 => $$"""
            { "all": [
              { "field": "flag", "op": "=", "value": true },
              { "field": "count", "op": "in", "value": [ {{100 + number}}, {{9000 + number}} ] }
            ] }
            """,
        _ => $$"""
            { "any": [
              { "field": "name", "to": "{{number}}" },
              { "field": "count", "from": {{number}}, "to": {{number + 1}} }
            ] }
            """,
    };
}
