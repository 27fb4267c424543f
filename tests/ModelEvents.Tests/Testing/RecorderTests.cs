using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Testing;

namespace ModelEvents.Tests.Testing;

/// <summary>The recorder in the place of outbox and broker.</summary>
public sealed class RecorderTests : IAsyncDisposable
{
    private readonly Bakery _bakery = new(register: services => services.AddModelEventRecorder());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ModelEventRecorder Recorder => _bakery.Services.GetRequiredService<ModelEventRecorder>();

    [Fact]
    public async Task Events_are_recorded_in_the_order_of_their_saves()
    {
        var loaf = new Loaf { Id = 7 };
        await _bakery.AddAsync(loaf);
        await _bakery.AddAsync(new Cake());
        await _bakery.SaveAsync(context => context.Remove(loaf));

        Recorder.AssertNames("loaf__created", "cake__created", "loaf__deleted");
        Assert.All(Recorder.Events, recorded => Assert.Equal(RecordedState.Committed, recorded.State));
        Assert.Equal(Recorder.Events, Recorder.Committed);
    }

    [Fact]
    public async Task An_event_is_recorded_as_it_would_be_on_the_wire()
    {
        await _bakery.AddAsync(new Loaf { Id = 7, Flour = "rye" });

        var created = Recorder.Single("loaf__created");
        Assert.Equal("ModelEvents.Tests.Testing.Loaf", created.Model);
        Assert.Equal("7", created.Key);
        Assert.Equal("rye", created.Json.GetProperty("flour").GetString());
        Assert.Equal("rye", JsonDocument.Parse(created.Body).RootElement.GetProperty("flour").GetString());
        Assert.Equal(new BakedLoaf(7, "rye"), created.As<BakedLoaf>());
        Assert.Equal("bakery.events", created.Message.Exchange);
        Assert.Equal(created.Id, created.Message.MessageId);
        Assert.Equal("created", created.Headers[EventHeaders.Action]);
        Assert.Equal("7", created.Headers[EventHeaders.Key]);
        Assert.Equal(1L, created.Headers[EventHeaders.Sequence]);
    }

    [Fact]
    public async Task A_host_with_a_recorder_needs_no_publisher_and_no_broker_and_may_add_it_first()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddModelEventRecorder().AddModelEventRecorder();
        builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = "bakery";
                options.Broker.Uri = "amqp://nowhere.invalid";
                options.Model<Loaf>();
            })
            .Capture<BakeryContext>();
        builder.Services.AddDbContext<BakeryContext>(
            options => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}"));
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<BakeryContext>();
            context.Add(new Loaf());
            await context.SaveChangesAsync(Cancellation);
        }

        await host.StopAsync(Cancellation);
        host.Services.GetRequiredService<ModelEventRecorder>().AssertNames("loaf__created");
    }

    [Fact]
    public async Task An_event_may_be_waited_for_before_and_after_it_is_recorded()
    {
        var waiting = Recorder.WaitForAsync("loaf__created", cancellationToken: Cancellation);
        Assert.False(waiting.IsCompleted);
        await _bakery.AddAsync(new Cake());
        await _bakery.AddAsync(new Loaf());

        var created = await waiting;
        Assert.Equal("loaf__created", created.Name);
        Assert.Same(created, await Recorder.WaitForCommittedAsync("loaf__created", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task The_event_that_is_waited_for_may_be_described()
    {
        await _bakery.AddAsync(new Loaf { Flour = "rye" }, new Loaf { Flour = "spelt" });

        var spelt = await Recorder.WaitForAsync(
            "loaf__created", loaf => loaf.Json.GetProperty("flour").GetString() == "spelt", cancellationToken: Cancellation);

        Assert.Equal("spelt", spelt.As<BakedLoaf>().Flour);
    }

    [Fact]
    public async Task A_wait_that_ends_in_vain_shows_what_was_recorded()
    {
        await _bakery.AddAsync(new Cake { Id = 7, Name = new string('x', 200) }, new Cake { Id = 8, Name = "Sacher" });

        var failure = await Assert.ThrowsAsync<ModelEventAssertionException>(() => Recorder.WaitForAsync(
            "cake__baked", timeout: TimeSpan.FromMilliseconds(20), cancellationToken: Cancellation));

        Assert.Equal(
            [
                "'cake__baked' was not recorded within 0.02 s. Recorded:",
                " #  name           model                           key  state      body",
                " 1  cake__created  ModelEvents.Tests.Testing.Cake  7    committed  {\"id\":7,\"name\":\""
                    + new string('x', 84) + "...",
                " 2  cake__created  ModelEvents.Tests.Testing.Cake  8    committed  {\"id\":8,\"name\":\"Sacher\",\"loaf\":[]}",
            ],
            failure.Message.Split(Environment.NewLine).Select(line => line.TrimEnd()));
    }

    [Fact]
    public async Task A_cancelled_wait_is_no_failed_assertion()
    {
        using var cancelled = new CancellationTokenSource();
        var waiting = Recorder.WaitForAsync("loaf__created", cancellationToken: cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task What_is_not_as_expected_fails_with_what_was_recorded()
    {
        Recorder.AssertNothing();
        await _bakery.AddAsync(new Cake { Id = 8 });
        await _bakery.AddAsync(new Cake { Id = 9 });

        Recorder.AssertRecorded("cake__created", times: 2);
        Recorder.AssertRecorded("loaf__created", times: 0);
        AssertFails("Nothing was expected to be recorded.", recorder => recorder.AssertNothing());
        AssertFails(
            "'cake__created', 'loaf__created' was expected to be recorded.",
            recorder => recorder.AssertNames("cake__created", "loaf__created"));
        AssertFails(
            "'cake__created' was expected once and recorded 2 times.", recorder => recorder.Single("cake__created"));
        AssertFails(
            "'loaf__created' was expected once and recorded not at all.", recorder => recorder.Single("loaf__created"));
    }

    [Fact]
    public async Task A_cleared_recorder_records_on()
    {
        await _bakery.AddAsync(new Cake());
        Recorder.Clear();
        Recorder.AssertNothing();
        await _bakery.AddAsync(new Loaf());

        Recorder.AssertNames("loaf__created");
        Assert.Single(Recorder.Named("loaf__created"));
    }

    [Fact]
    public async Task Many_saves_at_a_time_are_all_recorded()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(1, 200), Cancellation, async (id, _) => await _bakery.AddAsync(new Cake { Id = id }));

        Assert.Equal(
            Enumerable.Range(1, 200),
            Recorder.Committed.Select(cake => int.Parse(cake.Key, CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public async Task A_serializer_that_fails_fails_the_save_as_in_production()
    {
        await using var bakery = new Bakery(
            options => options.Model<Cake>(cake => cake.SerializeWith<BurningSerializer>()),
            services => services.AddModelEventRecorder());

        await Assert.ThrowsAsync<InvalidOperationException>(() => bakery.AddAsync(new Cake()));
        bakery.Services.GetRequiredService<ModelEventRecorder>().AssertNothing();
    }

    public ValueTask DisposeAsync() => _bakery.DisposeAsync();

    private void AssertFails(string expectation, Action<ModelEventRecorder> check)
    {
        var failure = Assert.Throws<ModelEventAssertionException>(() => check(Recorder));
        Assert.StartsWith($"{expectation} Recorded:", failure.Message, StringComparison.Ordinal);
        Assert.Contains(" 2  cake__created", failure.Message, StringComparison.Ordinal);
    }

    private sealed record BakedLoaf(int Id, string Flour);

    private sealed class BurningSerializer : IModelSerializer<Cake>
    {
        public object? Serialize(Cake model) => throw new InvalidOperationException("burnt");
    }
}
