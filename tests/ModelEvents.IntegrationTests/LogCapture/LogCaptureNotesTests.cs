using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.LogCapture;
using ModelEvents.Testing;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Rules;

namespace ModelEvents.Tests.LogCapture;

/// <summary>What a program is told at its start about models that are captured from the log.</summary>
public sealed class LogCaptureNotesTests
{
    private const int NavigationsNotLoaded = 2002;
    private const int ReadAfterCommit = 2003;
    private const int RulesNotAsked = 2004;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Navigations_that_a_serializer_will_find_empty_are_told_unless_they_are_loaded()
    {
        Assert.Contains(
            $"'{typeof(OrderLine).FullName}' is captured from the log, whose rows have no navigations: its serializer "
            + "'OrderLineSerializer' finds 'Order' empty. Name those that it follows in the model's 'LoadNavigations', which loads "
            + "them after the commit.",
            await TellAsync(NavigationsNotLoaded, options => options.Model<OrderLine>(m => m.SerializeWith<OrderLineSerializer>())));
        Assert.Empty(await TellAsync(NavigationsNotLoaded, options => options
            .Model<Order>()
            .Model<OrderLine>(m => m.SerializeWith<OrderLineSerializer>().LoadNavigations("Order.Lines"))));
    }

    [Fact]
    public async Task What_is_read_after_the_commit_is_told()
    {
        Assert.Equal(
            [
                "'Customer' is captured from the log, whose rows lack 'Phones', which is in a table of its own: its instances are "
                + "read from the database after the commit.",
                "'Dog' is captured from the log, whose rows lack what is in its other tables: its instances are read from the "
                + "database after the commit.",
            ],
            await TellAsync(ReadAfterCommit, options => options.Model<Customer>().Model<Animal>().Model<Setting>()));
    }

    [Fact]
    public async Task That_rules_are_not_asked_is_told_where_a_context_has_some()
    {
        Assert.Equal(
            [
                "'DeskContext' has rules, which are asked by saves about models that the tracker captures: those about 'Visit' are "
                + "never met, as they are captured from the log. Set their 'Capture' to 'Tracker' if rules are about them.",
            ],
            await TellAsync<DeskContext>(RulesNotAsked, options => options
                .Model<Visit>()
                .Model<Ticket>(m => m.Capture(CaptureSource.Tracker))));
        Assert.Empty(await TellAsync(RulesNotAsked, options => options.Model<Customer>()));
    }

    [Fact]
    public async Task Two_models_in_one_table_cannot_both_be_captured_from_its_log()
    {
        await using var services = Services<SharedContext>(
            new RecordedLog(), options => options.Model<Head>().Model<Body>());

        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync<SharedContext>(services));

        Assert.Equal(
            "The models 'Body' and 'Head' share a table, whose rows in the log do not tell which of them has changed. Set the "
            + "'Capture' of one to 'Tracker'.",
            mistake.Message);
    }

    [Fact]
    public async Task A_test_with_a_recorder_sees_what_is_saved_as_it_has_no_log()
    {
        var services = new ServiceCollection();
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "recorded";
                options.Capture = CaptureSource.Log;
                options.Model<Setting>();
            })
            .Capture<StoreContext>().UsePostgreSqlWal();
        services.AddDbContext<StoreContext>(options => options.UseInMemoryDatabase("recorded").AmongMany());
        services.AddModelEventRecorder();
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<StoreContext>();

        context.Add(new Setting { Key = "a" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal("a", provider.GetRequiredService<ModelEventRecorder>().Single("setting__created").Key);
    }

    private static Task<string[]> TellAsync(int eventId, Action<ModelEventsOptions> configure) =>
        TellAsync<StoreContext>(eventId, configure);

    private static async Task<string[]> TellAsync<TContext>(int eventId, Action<ModelEventsOptions> configure)
        where TContext : DbContext
    {
        var log = new RecordedLog();
        await using var services = Services<TContext>(log, configure);
        await StartAsync<TContext>(services);
        return log.Lines(eventId);
    }

    private static Task StartAsync<TContext>(IServiceProvider services)
        where TContext : DbContext =>
        services.GetServices<IHostedService>().OfType<LogCaptureNotes<TContext>>().Single().StartAsync(Cancellation);

    private static ServiceProvider Services<TContext>(RecordedLog log, Action<ModelEventsOptions> configure)
        where TContext : DbContext
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log));
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "notes";
                options.Dispatcher.Enabled = false;
                options.Capture = CaptureSource.Log;
                configure(options);
            })
            .Capture<TContext>().UsePostgreSqlWal();
        services.AddDbContext<TContext>(options => options.UseNpgsql("Host=nowhere.invalid").AmongMany());
        return services.BuildServiceProvider();
    }

    private sealed class Head
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";

        public Body? Body { get; set; }
    }

    private sealed class Body
    {
        public int Id { get; set; }

        public string Text { get; set; } = "";
    }

    private sealed class SharedContext(DbContextOptions<SharedContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Head>().ToTable("shared").HasOne(head => head.Body).WithOne().HasForeignKey<Body>(body => body.Id);
            modelBuilder.Entity<Body>().ToTable("shared");
        }
    }
}
