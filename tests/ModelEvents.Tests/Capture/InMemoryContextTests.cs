using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Capture;
using ModelEvents.Models;
using ModelEvents.Outbox;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Capture;

/// <summary>Capture as such, on contexts that were made in every way there is.</summary>
public sealed class InMemoryContextTests : IDisposable
{
    private const string List = """
        { "ModelEvents": { "ServiceName": "cafe", "Models": [ { "Model": "Cup", "StatusField": "State" } ] } }
        """;

    private readonly TestConfiguration _configuration = new(List);
    private readonly RecordedLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saves_of_a_provider_that_is_not_relational_are_published_from_memory()
    {
        await using var services = Services(services => services.AddDbContext<CafeContext>(UseMemory));
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CafeContext>();
        var cup = new Cup { Name = "a" };
        context.Add(cup);
        await context.SaveChangesAsync(Cancellation);
        cup.Name = "b";
        context.SaveChanges();
        context.Remove(cup);
        await context.SaveChangesAsync(Cancellation);

        var events = await EventsAsync(services);
        Assert.Equal(["cup__created", "cup__updated", "cup__deleted"], events.Select(e => e.Name));
        Assert.All(events, e => Assert.Equal($"{cup.Id}", e.Key));
        Assert.Equal("name", events[1].Headers[EventHeaders.Changed]);
        Assert.False(services.GetRequiredService<IOutboxReader>().IsDurable);
    }

    [Theory]
    [InlineData(null, "cup__created")]
    [InlineData("", "cup__created")]
    [InlineData("Half full", "cup__Half full")]
    public async Task A_status_may_be_a_shadow_property_and_names_nothing_while_it_is_empty(string? state, string expected)
    {
        await using var services = Services(services => services.AddDbContextFactory<CafeContext>(UseMemory));
        await using var context = services.GetRequiredService<IDbContextFactory<CafeContext>>().CreateDbContext();
        context.Add(new Cup()).Property("State").CurrentValue = state;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([expected], (await EventsAsync(services)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_pooled_factory_is_enough()
    {
        await using var services = Services(services => services.AddPooledDbContextFactory<CafeContext>(UseMemory));
        await using var context = services.GetRequiredService<IDbContextFactory<CafeContext>>().CreateDbContext();
        context.Add(new Cup());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["cup__created"], (await EventsAsync(services)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_context_made_by_hand_is_captured_once_however_often_it_is_asked_for()
    {
        await using var services = Services(services => services.AddDbContext<CafeContext>(UseMemory));
        var options = new DbContextOptionsBuilder<CafeContext>();
        UseMemory(options);
        options.UseModelEvents<CafeContext>(services).UseModelEvents<CafeContext>(services);
        await using var context = new CafeContext(options.Options);
        context.Add(new Cup());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["cup__created"], (await EventsAsync(services)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_context_whose_options_are_another_ones_is_told_at_start_up()
    {
        await using var services = Services(
            services => services.AddDbContext<CafeContext, BarContext>(UseMemory));

        var failure = Assert.Throws<InvalidOperationException>(
            () => services.GetRequiredService<ModelListProvider>().Current);

        Assert.Contains("'CafeContext'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'Capture<BarContext>()'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reloaded_list_is_in_force_from_the_next_save_of_the_same_context()
    {
        await using var services = Services(services => services.AddDbContext<CafeContext>(UseMemory));
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CafeContext>();

        context.AddRange(new Cup(), new Saucer());
        await context.SaveChangesAsync(Cancellation);
        _configuration.Replace(List.Replace("\"Cup\", \"StatusField\": \"State\"", "\"Saucer\"", StringComparison.Ordinal));
        context.AddRange(new Cup(), new Saucer());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["cup__created", "saucer__created"], (await EventsAsync(services)).Select(e => e.Name));
    }

    [Fact]
    public async Task What_the_database_itself_would_cascade_is_told_at_start_up()
    {
        await using var services = Services(services => services.AddDbContext<CafeContext>(
            options => options.UseNpgsql("Host=nowhere")));
        await services.GetServices<IHostedService>().OfType<DatabaseCascades<CafeContext>>().Single()
            .StartAsync(Cancellation);

        Assert.Equal(
            [
                "When 'Saucer' is deleted the database itself deletes 'Cup' (SaucerId): instances that are not loaded then "
                    + "change without an event. Load them before the delete, or use a client-side delete behavior.",
            ],
            _log.Lines(2001));
    }

    public void Dispose() => _log.Dispose();

    private ServiceProvider Services(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddModelEvents(_configuration.Root, options => options.Dispatcher.Enabled = false)
            .Capture<CafeContext>();
        register(services);
        return services.BuildServiceProvider();
    }

    private static void UseMemory(DbContextOptionsBuilder options) => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}");

    private static async Task<IReadOnlyList<ModelEvent>> EventsAsync(ServiceProvider services)
    {
        await using var session = await services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        return [.. (await session.ClaimAsync(LaneSlice.All, 100, Cancellation)).Select(entry => entry.Event)];
    }

    private sealed class Cup
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";

        public Saucer? Saucer { get; set; }
    }

    private sealed class Saucer
    {
        public int Id { get; set; }
    }

    private class CafeContext(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Saucer>();
            modelBuilder.Entity<Cup>().Property<string?>("State");
            modelBuilder.Entity<Cup>().HasOne(c => c.Saucer).WithMany().OnDelete(DeleteBehavior.Cascade);
        }
    }

    private sealed class BarContext(DbContextOptions<BarContext> options) : CafeContext(options);
}
