using Microsoft.Extensions.Logging;
using ModelEvents.Outbox;

namespace ModelEvents.Diagnostics;

/// <summary>
/// The last known status of an outbox. Reading it never waits: it starts a new count in the background when the last one
/// is older than <see cref="MaxAge"/>.
/// </summary>
internal sealed class OutboxSnapshot(IOutboxReader outbox, TimeProvider time, ILogger log)
{
    private OutboxStatus? _latest;
    private long _dueTicks;

    public static TimeSpan MaxAge { get; } = TimeSpan.FromSeconds(10);

    public string Name => outbox.Name;

    /// <summary>The last status, or <see langword="null"/> while none is known.</summary>
    public OutboxStatus? Latest
    {
        get
        {
            var due = Interlocked.Read(ref _dueTicks);
            var now = time.GetUtcNow();
            if (now.UtcTicks >= due
                && Interlocked.CompareExchange(ref _dueTicks, (now + MaxAge).UtcTicks, due) == due)
                _ = Task.Run(RefreshAsync);

            return Volatile.Read(ref _latest);
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(MaxAge, time);
            Volatile.Write(ref _latest, await outbox.GetStatusAsync(limit.Token).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _latest, null);
            Log.StatusUnknown(log, exception, outbox.Name);
        }
    }
}
