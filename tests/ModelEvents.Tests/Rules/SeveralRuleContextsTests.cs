using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;
using ModelEvents.Testing;

namespace ModelEvents.Tests.Rules;

/// <summary>Rules of several captured contexts in one program, one of them pooled.</summary>
public sealed class SeveralRuleContextsTests
{
    private const string AnyCrate = """{ "model": "Crate" }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_context_has_rules_of_its_own()
    {
        await using var services = Services<InsideContext, OutsideContext>();
        await using (var scope = services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ITriggerRules<InsideContext>>()
                .CreateAsync(TriggerRuleTypes.Change, "inside", AnyCrate, cancellationToken: Cancellation);
            await scope.ServiceProvider.GetRequiredService<ITriggerRules<OutsideContext>>()
                .CreateAsync(TriggerRuleTypes.Change, "outside", AnyCrate, cancellationToken: Cancellation);
        }

        for (var save = 0; save < 2; save++)
            await SaveAsync<InsideContext>(services);
        await SaveAsync<OutsideContext>(services);

        var recorder = services.GetRequiredService<ModelEventRecorder>();
        Assert.Equal((2, 1), (recorder.Named("trigger__inside").Count, recorder.Named("trigger__outside").Count));
    }

    [Fact]
    public async Task Which_of_several_contexts_is_meant_must_be_said()
    {
        await using var services = Services<InsideContext, OutsideContext>();
        await using var scope = services.CreateAsyncScope();

        var mistake = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<ITriggerEvents>());

        Assert.StartsWith("More than one captured context maps rules: ", mistake.Message, StringComparison.Ordinal);
        Assert.EndsWith("Ask for 'ITriggerEvents<InsideContext>'.", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_one_context_that_maps_rules_is_meant()
    {
        await using var services = Services<InsideContext, BareContext>();
        await using var bare = Services<BareContext>();
        await using var scope = services.CreateAsyncScope();
        await using var bareScope = bare.CreateAsyncScope();

        await scope.ServiceProvider.GetRequiredService<ITriggerRules>()
            .CreateAsync(TriggerRuleTypes.Change, "any", AnyCrate, cancellationToken: Cancellation);
        await SaveAsync<InsideContext>(services);
        await SaveAsync<BareContext>(services);
        var mistake = Assert.Throws<InvalidOperationException>(
            () => bareScope.ServiceProvider.GetRequiredService<ITriggerRules>());

        var recorder = services.GetRequiredService<ModelEventRecorder>();
        Assert.Equal((2, 1), (recorder.Named("crate__created").Count, recorder.Named("trigger__any").Count));
        Assert.Equal(
            "No captured context maps rules. Call 'modelBuilder.AddTriggerRules()' in the 'OnModelCreating' of one.",
            mistake.Message);
    }

    private static ServiceProvider Services<TPooled, TOther>()
        where TPooled : DbContext
        where TOther : DbContext
    {
        var services = new ServiceCollection();
        var builder = AddModelEvents(services);
        builder.Capture<TPooled>();
        builder.Capture<TOther>();
        services.AddDbContextPool<TPooled>(options => options.UseInMemoryDatabase($"{typeof(TPooled)}{Guid.CreateVersion7()}"));
        services.AddDbContext<TOther>(options => options.UseInMemoryDatabase("others"));
        return services.BuildServiceProvider();
    }

    private static ServiceProvider Services<TContext>()
        where TContext : DbContext
    {
        var services = new ServiceCollection();
        AddModelEvents(services).Capture<TContext>();
        services.AddDbContext<TContext>(options => options.UseInMemoryDatabase("one"));
        return services.BuildServiceProvider();
    }

    private static ModelEventsBuilder AddModelEvents(ServiceCollection services)
    {
        services.AddModelEventRecorder();
        return services.AddModelEvents(options =>
        {
            options.ServiceName = "several";
            options.Model<Crate>();
        });
    }

    private static async Task SaveAsync<TContext>(ServiceProvider services)
        where TContext : DbContext
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        context.Add(new Crate());
        await context.SaveChangesAsync(Cancellation);
    }

    private sealed class Crate
    {
        public int Id { get; set; }
    }

    private sealed class InsideContext(DbContextOptions<InsideContext> options) : SheetContext(options);

    private sealed class OutsideContext(DbContextOptions<OutsideContext> options) : SheetContext(options);

    private sealed class BareContext(DbContextOptions<BareContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Crate>();
    }

    private abstract class SheetContext(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTriggerRules();
            modelBuilder.Entity<Crate>();
        }
    }
}
