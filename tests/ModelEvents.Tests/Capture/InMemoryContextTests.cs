using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
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

        Assert.Equal(
            [
                "The context 'CafeContext' is made from the options of 'BarContext', which capture nothing. "
                + "Write 'Capture<BarContext>()' in place of 'Capture<CafeContext>()'.",
            ],
            MistakesOf(services));
    }

    [Fact]
    public async Task A_context_that_makes_its_options_alone_is_told_with_all_other_mistakes()
    {
        await using var captured = Services<SelfMadeContext>(
            services => services.AddScoped<SelfMadeContext>(), List.Replace("Cup", "Glass"));

        Assert.Equal(
            [
                "The context 'SelfMadeContext' is made without the options that capture it. Register it with "
                + "'AddDbContext<SelfMadeContext>(...)' and let its constructor hand on 'DbContextOptions<SelfMadeContext>', or "
                + "call 'UseModelEvents<SelfMadeContext>(provider)' where its options are made, such as in its 'OnConfiguring'.",
                "The model 'Glass' (ModelEvents:Models:0) is not mapped by 'SelfMadeContext'. Mapped models are "
                + "'ModelEvents.Tests.Capture.InMemoryContextTests.Cup', 'ModelEvents.Tests.Capture.InMemoryContextTests.Plate' "
                + "and 'ModelEvents.Tests.Capture.InMemoryContextTests.Saucer'.",
            ],
            MistakesOf(captured));
    }

    [Theory]
    [InlineData("Menu", "has no key, so that EF Core tracks no changes of it. Remove it from the list, or map it with 'HasKey'.")]
    [InlineData("Handle", "is owned by 'Cup', whose events tell of its changes too. List 'Cup' in its place.")]
    [InlineData("OutboxRow", "is not mapped by 'CafeContext'. Mapped models are "
        + "'ModelEvents.Tests.Capture.InMemoryContextTests.Cup', 'ModelEvents.Tests.Capture.InMemoryContextTests.Plate', "
        + "'ModelEvents.Tests.Capture.InMemoryContextTests.PlateRecord' and 'ModelEvents.Tests.Capture.InMemoryContextTests.Saucer'.")]
    public async Task Entity_types_that_cannot_be_listed_are_told_with_the_reason(string model, string reason)
    {
        await using var services = Services(
            services => services.AddDbContext<CafeContext>(options => options.UseNpgsql("Host=nowhere")),
            List.Replace("Cup", model).Replace(", \"StatusField\": \"State\"", ""));

        Assert.Equal([$"The model '{model}' (ModelEvents:Models:0) {reason}"], MistakesOf(services));
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
    public async Task What_the_database_itself_would_cascade_is_told_at_start_up_in_one_line()
    {
        await using var services = Services(
            services => services.AddDbContext<CafeContext>(options => options.UseNpgsql("Host=nowhere")),
            List.Replace("[ {", "[ { \"Model\": \"Plate\" }, { \"Model\": \"PlateRecord\" }, {"));
        await services.GetServices<IHostedService>().OfType<DatabaseCascades<CafeContext>>().Single()
            .StartAsync(Cancellation);

        Assert.Equal(
            [
                "The database of 'CafeContext' itself changes instances that are not loaded, without an event, when what they "
                    + "point to is deleted: that of a 'Saucer' clears 'PlateRecord' (SaucerId); that of a 'Saucer' deletes 'Cup' "
                    + "(SaucerId). Load them before the delete, or use a client-side delete behavior.",
            ],
            _log.Lines(2001));
    }

    public void Dispose() => _log.Dispose();

    private static IEnumerable<string> MistakesOf(ServiceProvider services) => Assert.Throws<OptionsValidationException>(
        () => services.GetRequiredService<ModelListProvider>().Current).Failures;

    private ServiceProvider Services(Action<IServiceCollection> register, string list = List) =>
        Services<CafeContext>(register, list);

    private ServiceProvider Services<TContext>(Action<IServiceCollection> register, string list)
        where TContext : DbContext
    {
        _configuration.Replace(list);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddModelEvents(_configuration.Root, options => options.Dispatcher.Enabled = false)
            .Capture<TContext>();
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

        public Handle? Handle { get; set; }
    }

    private sealed class Handle
    {
        public int Length { get; set; }
    }

    /// <summary>In two tables.</summary>
    private sealed class Plate
    {
        public int Id { get; set; }

        public string Rim { get; set; } = "";

        public string Foot { get; set; } = "";
    }

    /// <summary>In the table of plates.</summary>
    private sealed class PlateRecord
    {
        public int Id { get; set; }

        public Plate? Plate { get; set; }

        public string Note { get; set; } = "";
    }

    private sealed class Menu
    {
        public string Dish { get; set; } = "";
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
            modelBuilder.Entity<Cup>().OwnsOne(c => c.Handle);
            modelBuilder.Entity<Menu>().HasNoKey();
            modelBuilder.Entity<Plate>().ToTable("plates").SplitToTable("feet", foot => foot.Property(p => p.Foot));
            modelBuilder.Entity<PlateRecord>().ToTable("plates")
                .HasOne(r => r.Plate).WithOne().HasForeignKey<PlateRecord>(r => r.Id).OnDelete(DeleteBehavior.Cascade);
            modelBuilder.Entity<Cup>().HasOne(c => c.Saucer).WithMany().OnDelete(DeleteBehavior.Cascade);
            modelBuilder.Entity<PlateRecord>().HasOne<Saucer>().WithMany().OnDelete(DeleteBehavior.SetNull);
        }
    }

    private sealed class SelfMadeContext : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => UseMemory(optionsBuilder);

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Cup>().OwnsOne(c => c.Handle);
            modelBuilder.Entity<Plate>();
        }
    }

    private sealed class BarContext(DbContextOptions<BarContext> options) : CafeContext(options);
}
