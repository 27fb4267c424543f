namespace ModelEvents;

/// <summary>The background service that moves events from the outbox to the publisher.</summary>
public sealed class DispatcherOptions
{
    /// <summary>
    /// Whether this process dispatches. Where it does not, it still tells those that do when it commits events.
    /// Default: <see langword="true"/>.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Batches in flight at a time, each with lanes of its own. Default: 4. Range: 1 to 16.</summary>
    public int Workers { get; set; } = 4;

    /// <summary>Events claimed at a time by a worker. Default: 1000. Range: 1 to 10,000.</summary>
    public int BatchSize { get; set; } = 1000;

    /// <summary>
    /// How long an idle dispatcher waits before it looks without having been told to. Only events of a process that died
    /// between its commit and its notification wait this long. Default: 15 seconds. Range: 0.1 s to 5 minutes.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often an event may be refused, or its handler may fail, before it is parked. Default: 5. Range: 1 to 1000.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// How long a failed event's key rests before its first retry; doubled with each further one, with jitter, up to
    /// <see cref="MaxRetryDelay"/>. Also the first pause when broker or database is away. Default: 1 second.
    /// Range: 10 ms to 1 hour.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest pause between two retries of an event. Default: 1 minute. At least <see cref="RetryDelay"/>.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The longest pause between two looks at a broker or database that is away; bounds how long recovery takes to be
    /// noticed. Default: 5 seconds. Range: 10 ms to 1 hour.
    /// </summary>
    public TimeSpan MaxOutageDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a shutdown waits for what is in flight (for <see cref="DeliveryMode.Direct"/>, for everything committed).
    /// Bounded by the host's own <c>ShutdownTimeout</c>. Default: 20 seconds. Range: 0 to 1 hour.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
