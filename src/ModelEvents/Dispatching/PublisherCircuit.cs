using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace ModelEvents.Dispatching;

/// <summary>
/// The retry and the circuit breaker around the publisher, shared by all workers: while the broker is away nothing is
/// claimed but a single event now and then, to see whether it is back.
/// </summary>
internal sealed class PublisherCircuit
{
    private static readonly TimeSpan ShortestSampling = TimeSpan.FromSeconds(0.5);

    private readonly DispatcherOptions _options;
    private readonly Outage _outage;
    private readonly BrokerReach _reach;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<DeliveredBatch> _pipeline;

    public PublisherCircuit(
        IOptions<ModelEventsOptions> options, BrokerReach reach, TimeProvider time, ILogger<OutboxDispatcher> log)
    {
        (_reach, _time) = (reach, time);
        _options = options.Value.Dispatcher;
        _outage = new Outage(
            (reason, exception) => Log.PublisherAway(log, exception, reason),
            () => Log.PublisherBack(log));
        _pipeline = new ResiliencePipelineBuilder<DeliveredBatch> { TimeProvider = time }
            .AddRetry(Retry())
            .AddCircuitBreaker(Breaker())
            .Build();
    }

    /// <summary>How many events to claim now.</summary>
    public int ClaimSize => _outage.Ongoing ? 1 : _options.BatchSize;

    /// <summary>Delivers a batch; while the broker is away, rests and delivers again.</summary>
    public ValueTask<DeliveredBatch> ExecuteAsync(
        Func<CancellationToken, Task<DeliveredBatch>> deliver, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(
            async token =>
            {
                var started = _time.GetTimestamp();
                var batch = await deliver(token).ConfigureAwait(false);
                Watch(batch, started);
                return batch;
            },
            cancellationToken);

    private void Watch(DeliveredBatch batch, long started)
    {
        if (batch.Unavailable is not null)
        {
            _reach.Lost(started, batch.Unavailable);
            _outage.Begin(batch.Unavailable, batch.Exception);
        }
        else if (batch is { HasOutcomes: true, IsRecalled: false })
        {
            _reach.Found();
            _outage.End();
        }
    }

    private RetryStrategyOptions<DeliveredBatch> Retry() => new()
    {
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is BrokenCircuitException || args.Outcome.Result?.Unavailable is not null),
        MaxRetryAttempts = int.MaxValue,
        DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Rest(args.AttemptNumber, args.Outcome.Exception)),
    };

    private CircuitBreakerStrategyOptions<DeliveredBatch> Breaker() => new()
    {
        ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result?.Unavailable is not null),

        // The first failure rests only its own worker, the second in a row all of them: Polly's lowest threshold is 2.
        FailureRatio = 0,
        MinimumThroughput = 2,
        SamplingDuration = _options.MaxOutageDelay > ShortestSampling ? _options.MaxOutageDelay * 2 : ShortestSampling,
        BreakDurationGenerator = args => ValueTask.FromResult(
            Backoff.Delay(args.HalfOpenAttempts, _options.RetryDelay, _options.MaxOutageDelay)),
    };

    private TimeSpan Rest(int attempt, Exception? exception)
    {
        var rest = Backoff.Delay(attempt, _options.RetryDelay, _options.MaxOutageDelay);
        if (exception is not BrokenCircuitException { RetryAfter: { } breakEnds } || breakEnds <= TimeSpan.Zero)
            return rest;

        // Timers drop fractions of a millisecond: without one more this would look again before the break ends.
        var justAfter = breakEnds + TimeSpan.FromMilliseconds(1);
        return justAfter < rest ? justAfter : rest;
    }
}
