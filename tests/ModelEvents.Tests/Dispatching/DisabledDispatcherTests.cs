using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelEvents.Tests.Dispatching;

public class DisabledDispatcherTests
{
    [Fact]
    public async Task A_process_that_does_not_dispatch_tells_the_others_and_opens_no_session()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Enabled = false);
        await host.StartAsync();

        host.Outbox.Commit("a", "a1");
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Count("NotifyOthersAsync") == 1);
        host.Outbox.Commit("a", "a2");
        await DispatcherHost.EventuallyAsync(() => host.Outbox.Count("NotifyOthersAsync") == 2);

        Assert.Equal(0, host.Outbox.Count("OpenAsync"));
        Assert.Empty(host.Publisher.Calls);
    }

    [Fact]
    public async Task Telling_the_others_is_tried_again_with_rests_until_it_succeeds()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Enabled = false);
        host.Outbox.Fault = _ => new IOException("no route");
        await host.StartAsync();
        host.Outbox.Commit("a", "a1");
        await host.RunForAsync(600);
        Assert.InRange(host.Outbox.Count("NotifyOthersAsync"), 100, (600 / 2.5) + 5);
        Assert.Single(host.Log.Lines(1100));

        host.Outbox.Fault = _ => null;
        await host.RunUntilAsync(() => host.Log.Lines(1101).Length == 1);
        Assert.Equal(0, host.Clock.Sleepers);
    }

    [Fact]
    public async Task A_shutdown_that_interrupts_the_telling_is_no_failure_of_the_service()
    {
        await using var host = new DispatcherHost(options => options.Dispatcher.Enabled = false);
        var stopping = Task.CompletedTask;
        host.Outbox.Fault = _ =>
        {
            stopping = host.StopAsync();
            return new IOException("the connection was closed");
        };
        await host.StartAsync();
        host.Outbox.Commit("a", "a1");

        var service = (BackgroundService)host.Services.GetRequiredService<IHostedService>();
        await DispatcherHost.EventuallyAsync(() => service.ExecuteTask!.IsCompleted);
        await stopping;

        Assert.Equal(TaskStatus.RanToCompletion, service.ExecuteTask!.Status);
    }
}
