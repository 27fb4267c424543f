using Polly;
using Polly.Retry;

namespace ModelEvents.Dispatching;

/// <summary>The retry without end around an outbox that may be away.</summary>
internal static class OutagePipeline
{
    public static ResiliencePipeline Create(DispatcherOptions options, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                // A driver's own time-out is an OperationCanceledException too: only the caller's token ends the retries.
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is not null && !args.Context.CancellationToken.IsCancellationRequested),
                MaxRetryAttempts = int.MaxValue,
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(
                    Backoff.Delay(args.AttemptNumber, options.RetryDelay, options.MaxOutageDelay)),
            })
            .Build();
}
