using System.Diagnostics;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>Waits for a condition. The deadline is a hard upper bound for a slow machine, not an expectation.</summary>
internal static class Eventually
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds; fails with what <paramref name="state"/> says at the deadline.</summary>
    public static Task TrueAsync(Func<bool> condition, Func<string> state, TimeSpan? timeout = null) =>
        TrueAsync(() => Task.FromResult(condition()), state, timeout);

    /// <inheritdoc cref="TrueAsync(Func{bool}, Func{string}, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> state, TimeSpan? timeout = null)
    {
        var limit = timeout ?? DefaultTimeout;
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
                Assert.Fail($"Still not so after {limit.TotalSeconds} s: {state()}");

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
