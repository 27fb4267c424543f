using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Publishing;

namespace ModelEvents.Tests.Publishing;

public sealed class MassTransitPublisherTests : PublisherContract
{
    // MassTransit disposes of its channel while RabbitMQ.Client goes through the events that wait for their confirmation, and
    // some are forgotten.
    protected override bool NoticesLossAtOnce => false;

    protected override void Register(ModelEventsBuilder builder) => builder.PublishWithMassTransit();

    /// <summary>Or nobody would look again before MassTransit does, which rests for up to half a minute.</summary>
    [Fact]
    public async Task A_connection_that_is_refused_is_told_and_not_waited_for()
    {
        await using var host = PublisherHost.Build(
            builder =>
            {
                Register(builder);
                builder.Services.AddSingleton<TimeProvider>(new EndlessPatience());
            },
            options => options.Broker.Uri = "amqp://127.0.0.1:1");
        await host.StartAsync();

        var outcome = Assert.Single(await host.PublishAsync(Event()).WaitAsync(TimeSpan.FromSeconds(60), Token));

        Assert.Equal(PublishStatus.Unavailable, outcome.Status);
        Assert.Contains("refused", outcome.Error, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>No timer fires that is to end a long wait.</summary>
    private sealed class EndlessPatience : TimeProvider
    {
        private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime < Long ? dueTime : Timeout.InfiniteTimeSpan, period);
    }
}
