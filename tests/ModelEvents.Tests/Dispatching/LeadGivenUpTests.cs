using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Dispatching;

/// <summary>What goes on in a process that gives up the lead of an outbox.</summary>
public sealed class LeadGivenUpTests
{
    private const int OutboxAway = 1100;
    private const int LeadGivenUp = 1123;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_publish_that_hangs_is_left_and_what_breaks_by_it_is_not_told_as_the_reason(bool breaks)
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Workers = 2);
        var hasEnded = false;
        host.Outbox.Leads = true;
        host.Outbox.Fault = member =>
            breaks && hasEnded && member == nameof(IOutboxSession.CompleteAsync) ? new IOException("interrupted") : null;
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        host.Publisher.Before = async (events, token) =>
        {
            if (events[0].Name != "hangs")
                return;

            using var ended = token.Register(() => hasEnded = true);
            await Task.Delay(Timeout.Infinite, token);
        };
        host.Outbox.Commit(KeyOf(worker: 0), "hangs");
        host.Outbox.Commit(KeyOf(worker: 1), "fails");
        await host.StartAsync();
        host.Sleepers = 1;

        await host.RunUntilAsync(() => host.Log.Lines(LeadGivenUp).Length == 1);

        Assert.Contains("connection refused", host.Log.Lines(LeadGivenUp)[0], StringComparison.Ordinal);
        Assert.Empty(host.Log.Lines(OutboxAway));
        Assert.Equal(0, host.Outbox.OpenSessions);
        host.Outbox.Fault = _ => null;
        host.Outbox.Leads = false;
    }

    [Fact]
    public async Task A_handler_at_work_is_waited_for_and_what_it_did_is_noted()
    {
        var work = new Work();
        await using var host = NewHost(work);
        await StartAsync(host, work);

        await host.RunForAsync(8);
        Assert.Empty(host.Log.Lines(LeadGivenUp));
        work.Done.SetResult();
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Waiting.Length == 1);
        await host.RunUntilAsync(() => host.Log.Lines(LeadGivenUp).Length == 1);

        Assert.Equal(["a1"], host.Outbox.Waiting);
        Assert.Equal(1, work.Calls);
        host.Outbox.Leads = false;
    }

    [Fact]
    public async Task A_handler_that_takes_long_is_left()
    {
        var work = new Work();
        await using var host = NewHost(work);
        await StartAsync(host, work);

        await host.RunUntilAsync(() => host.Log.Lines(LeadGivenUp).Length == 1);

        Assert.Equal(["a1", "h1"], host.Outbox.Waiting);
        host.Outbox.Leads = false;
        work.Done.SetResult();
    }

    private static string KeyOf(int worker) => Enumerable.Range(0, 1000).Select(number => $"{number}")
        .First(key => new LaneSlice(worker, 2).Contains(Events.Make("a1", key, DateTimeOffset.UnixEpoch).Lane));

    private static DispatcherHost NewHost(Work work)
    {
        var host = new DispatcherHost(register: services =>
        {
            services.AddSingleton(work);
            new ModelEventsBuilder(services).AddEventHandler<Worker>();
        });
        host.Outbox.Leads = true;
        host.Publisher.Outcome = _ => FakePublisher.Unavailable;
        return host;
    }

    private static async Task StartAsync(DispatcherHost host, Work work)
    {
        host.Outbox.Commit("a", "a1");
        host.Outbox.Commit(Events.Make("h1", "h", host.Now).For(nameof(Worker)));
        await host.StartAsync();
        await DispatcherHost.EventuallyAsync(() => work.Calls == 1);
    }

    private sealed class Work
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; set; }
    }

    private sealed class Worker(Work work) : IEventHandler
    {
        public bool Wants(string eventName) => true;

        public Task HandleAsync(ModelEvent e, CancellationToken ct)
        {
            work.Calls++;
            return work.Done.Task;
        }
    }
}
