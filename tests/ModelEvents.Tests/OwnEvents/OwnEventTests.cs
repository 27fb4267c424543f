using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Catalog;
using ModelEvents.Testing;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.OwnEvents;

/// <summary>Own events as such, on the in-memory provider.</summary>
public sealed class OwnEventTests : IDisposable
{
    private readonly RecordedLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_recorded_with_what_it_was_triggered_with()
    {
        await using var services = Services();

        await TriggerAsync(services, DiaryEvents.Read, new Reading("Zoë", null), key: "1");

        var read = services.GetRequiredService<ModelEventRecorder>().Single("diary.read");
        Assert.Equal("""{"reader_name":"Zoë","note":null}""", read.Json.GetRawText());
        Assert.Equal(RecordedState.Committed, read.State);
        Assert.Equal("library.events", read.Message.Exchange);
        Assert.Equal(
            ["modelevents-key", "modelevents-sequence"], read.Headers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_name_may_be_written_out()
    {
        await using var services = Services();

        await TriggerAsync(services, "diary.read");

        Assert.Equal("{}", services.GetRequiredService<ModelEventRecorder>().Single("diary.read").Json.GetRawText());
    }

    [Fact]
    public async Task A_name_that_is_not_declared_is_refused_in_development()
    {
        await using var services = Services(environment: Environments.Development);

        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => TriggerAsync(services, "diary.raed"));

        Assert.Equal(
            "The event 'diary.raed' is not declared. Did you mean 'diary.read'? Declare it as a static field: "
                + "'EventName.Declare(\"diary.raed\", \"When it is triggered.\")'.",
            mistake.Message);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData(null)]
    public async Task A_name_that_is_not_declared_is_published_and_logged_once_elsewhere(string? environment)
    {
        await using var services = Services(environment: environment);

        await TriggerAsync(services, "not known");
        await TriggerAsync(services, "not known");

        Assert.Equal(2, services.GetRequiredService<ModelEventRecorder>().Named("not known").Count);
        Assert.StartsWith(
            "The event 'not known' is triggered but not declared, so that the catalog does not have it; it is published.",
            Assert.Single(_log.Lines(2020)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_names_that_are_not_declared_a_thousand_are_told_and_remembered()
    {
        await using var services = Services();

        for (var number = 0; number < 1010; number++)
            await TriggerAsync(services, $"not known {number}");

        Assert.Equal(1000, _log.Lines(2020).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\nb")]
    public void A_name_that_cannot_be_one_is_refused(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => EventName.Declare(name, "Never."));
    }

    [Fact]
    public async Task A_name_over_the_limit_of_AMQP_is_refused()
    {
        await using var services = Services();
        var name = new string('ö', 128);

        var mistake = await Assert.ThrowsAsync<ArgumentException>(() => TriggerAsync(services, name));

        Assert.Contains("has 256 bytes, where AMQP allows 255. Shorten it.", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_a_database_cannot_keep_is_refused()
    {
        await using var services = Services();
        await using var scope = services.CreateAsyncScope();
        var events = scope.ServiceProvider.GetRequiredService<IModelEvents>();

        var mistake = await Assert.ThrowsAsync<ArgumentException>(
            () => events.TriggerAsync(DiaryEvents.Read, key: "page\01", cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith(
            "The key of the event 'diary.read' has the character U+0000 in it, which databases cannot keep. Leave it out.",
            mistake.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_cannot_be_written_is_told_with_the_events_name()
    {
        await using var services = Services();

        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TriggerAsync(services, DiaryEvents.Read, new { Type = typeof(string) }));

        Assert.StartsWith("The body of the event 'diary.read' cannot be written: ", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_several_contexts_the_caller_says_which()
    {
        await using var services = Services(capture => capture.Capture<Shelf>());
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<Shelf>();

        var mistake = Assert.Throws<InvalidOperationException>(
            () => scope.ServiceProvider.GetRequiredService<IModelEvents>().Trigger(DiaryEvents.Read));
        await scope.ServiceProvider.GetRequiredService<IModelEvents<Shelf>>()
            .TriggerAsync(DiaryEvents.Read, cancellationToken: Cancellation);
        await scope.ServiceProvider.GetRequiredService<IModelEvents>().OnContext(context)
            .TriggerAsync(DiaryEvents.Read, cancellationToken: Cancellation);

        Assert.Equal(
            "An event cannot be triggered without saying on which context, as 'Diary' and 'Shelf' are captured. "
                + "Ask for 'IModelEvents<Diary>', or use 'OnContext'.",
            mistake.Message);
        Assert.Equal(2, services.GetRequiredService<ModelEventRecorder>().Named("diary.read").Count);
    }

    [Fact]
    public async Task A_context_that_is_not_captured_is_refused()
    {
        await using var services = Services();
        await using var scope = services.CreateAsyncScope();

        var mistake = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider
            .GetRequiredService<IModelEvents>().OnContext(scope.ServiceProvider.GetRequiredService<Shelf>()));

        Assert.Contains("'.Capture<Shelf>()'", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_that_disables_everything_disables_own_events_too()
    {
        await using var services = Services();

        using (Dispatcher.Disable())
            await TriggerAsync(services, DiaryEvents.Read);
        using (Dispatcher.Disable<Page>())
            await TriggerAsync(services, DiaryEvents.Closed);

        services.GetRequiredService<ModelEventRecorder>().AssertNames("diary.closed");
    }

    [Fact]
    public async Task An_event_in_a_save_that_fails_is_gone()
    {
        await using var services = Services();
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<Diary>();
        context.SavingChanges += (_, _) => throw new FormatException("refused");
        context.Add(new Page());

        await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));

        services.GetRequiredService<ModelEventRecorder>().AssertNothing();
    }

    [Fact]
    public async Task The_catalog_has_declared_events_before_their_class_was_used()
    {
        await using var services = Services();
        var catalog = services.GetRequiredService<IModelEventCatalog>();

        var unused = catalog.Events.Single(known => known.Name == "unused");

        Assert.Equal(("library", "", "Never yet."), (unused.Service, unused.Model, unused.Description));
        Assert.Empty(unused.Actions);
        Assert.Equal("{}", unused.BodySchema.GetRawText());
        Assert.Equal(
            ["modelevents-key", "modelevents-sequence", "traceparent", "modelevents-cut"],
            unused.Headers.Select(header => header.Name));
        Assert.Equal(
            ["reader_name", "note"],
            catalog.Events.Single(known => known.Name == "diary.read").BodySchema.GetProperty("properties")
                .EnumerateObject().Select(property => property.Name));
        Assert.True(catalog.Contains("diary.closed"));
    }

    public void Dispose() => _log.Dispose();

    private static async Task TriggerAsync(
        ServiceProvider services, string name, object? body = null, string? key = null)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IModelEvents>().TriggerAsync(name, body, key, Cancellation);
    }

    private ServiceProvider Services(
        Action<CaptureBuilder<Diary>>? configure = null, string? environment = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddDbContext<Diary>(options => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}"));
        services.AddDbContext<Shelf>(options => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}"));
        if (environment is not null)
            services.AddSingleton<IHostEnvironment>(new Place(environment));
        var capture = services.AddModelEvents(options =>
        {
            options.ServiceName = "library";
            options.Model<Page>();
        }).Capture<Diary>();
        configure?.Invoke(capture);
        services.AddModelEventRecorder();
        return services.BuildServiceProvider();
    }

    private sealed record Place(string EnvironmentName) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = EnvironmentName;

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }

    private sealed class Page
    {
        public int Id { get; set; }
    }

    private sealed class Diary(DbContextOptions<Diary> options) : DbContext(options)
    {
        public DbSet<Page> Pages => Set<Page>();
    }

    private sealed class Shelf(DbContextOptions<Shelf> options) : DbContext(options)
    {
        public DbSet<Page> Pages => Set<Page>();
    }
}
