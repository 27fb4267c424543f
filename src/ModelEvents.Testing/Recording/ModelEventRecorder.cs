namespace ModelEvents.Testing;

/// <summary>
/// Records what would be published, in the order of the saves, while nothing is. Added with <c>AddModelEventRecorder</c>.
/// An event is there as soon as it is saved, so that a test may roll its transaction back at the end; its
/// <see cref="RecordedEvent.State"/> tells what became of the transaction. What was rolled back counts in
/// <see cref="Events"/> alone. May be used from several threads.
/// </summary>
public sealed class ModelEventRecorder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Recording _recording;

    internal ModelEventRecorder(Recording recording) => _recording = recording;

    /// <summary>All that was recorded until now, what was rolled back included.</summary>
    public IReadOnlyList<RecordedEvent> Events => _recording.Events;

    /// <summary>The events of committed transactions, which would be published.</summary>
    public IReadOnlyList<RecordedEvent> Committed => [.. Events.Where(recorded => recorded.State == RecordedState.Committed)];

    /// <summary>The events with this name that were not rolled back.</summary>
    public IReadOnlyList<RecordedEvent> Named(string name) => [.. Standing(Events).Where(recorded => recorded.Name == name)];

    /// <summary>Forgets what was recorded until now.</summary>
    public void Clear() => _recording.Clear();

    /// <summary>
    /// Returns the first event with this name that was not rolled back, as soon as there is one.
    /// </summary>
    /// <param name="name">The event's name, such as <c>order__shipped</c>.</param>
    /// <param name="where">What else must be true of the event.</param>
    /// <param name="timeout">How long to wait for it, in real time. Default: 5 seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ModelEventAssertionException">There was none in time.</exception>
    public Task<RecordedEvent> WaitForAsync(
        string name,
        Func<RecordedEvent, bool>? where = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        WaitAsync("recorded", name, Standing, where, timeout ?? Patience, cancellationToken);

    /// <summary>
    /// Returns the first event with this name whose transaction was committed, as soon as there is one.
    /// </summary>
    /// <inheritdoc cref="WaitForAsync"/>
    public Task<RecordedEvent> WaitForCommittedAsync(
        string name,
        Func<RecordedEvent, bool>? where = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        WaitAsync(
            "committed",
            name,
            events => events.Where(recorded => recorded.State == RecordedState.Committed),
            where,
            timeout ?? Patience,
            cancellationToken);

    /// <summary>Returns the one event with this name that was not rolled back.</summary>
    /// <exception cref="ModelEventAssertionException">There is none, or more than one.</exception>
#pragma warning disable CA1720 // Named as in LINQ and in xunit; the type of that name is far from a test of events.
    public RecordedEvent Single(string name)
#pragma warning restore CA1720
    {
        AssertRecorded(name);
        return Named(name)[0];
    }

    /// <summary>Checks that so many events with this name were recorded and not rolled back.</summary>
    /// <exception cref="ModelEventAssertionException">There are more or fewer.</exception>
    public void AssertRecorded(string name, int times = 1)
    {
        var events = Events;
        var count = Standing(events).Count(recorded => recorded.Name == name);
        if (count != times)
            throw new ModelEventAssertionException($"'{name}' was expected {Times(times)} and recorded {Times(count)}.", events);
    }

    /// <summary>Checks that nothing was recorded, or all of it rolled back.</summary>
    /// <exception cref="ModelEventAssertionException">Something was.</exception>
    public void AssertNothing() => AssertNames();

    /// <summary>Checks that events with exactly these names, in this order, were recorded and not rolled back.</summary>
    /// <exception cref="ModelEventAssertionException">There are others, or in another order.</exception>
    public void AssertNames(params IReadOnlyList<string> names)
    {
        var events = Events;
        if (Standing(events).Select(recorded => recorded.Name).SequenceEqual(names))
            return;

        var expected = names.Count == 0 ? "Nothing" : string.Join(", ", names.Select(name => $"'{name}'"));
        throw new ModelEventAssertionException($"{expected} was expected to be recorded.", events);
    }

    private async Task<RecordedEvent> WaitAsync(
        string what,
        string name,
        Func<IEnumerable<RecordedEvent>, IEnumerable<RecordedEvent>> among,
        Func<RecordedEvent, bool>? where,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        // The system's clock: a clock that the host under test stands still on must not keep a test waiting.
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(timeout);
        while (true)
        {
            var changed = _recording.Changed;
            var events = Events;
            if (among(events).FirstOrDefault(recorded => recorded.Name == name && where?.Invoke(recorded) != false) is { } found)
                return found;

            try
            {
                await changed.WaitAsync(waiting.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ModelEventAssertionException(
                    $"'{name}'{(where is null ? "" : " with what the test asks for")} was not {what} within "
                    + $"{timeout.TotalSeconds:0.###} s.",
                    events);
            }
        }
    }

    private static IEnumerable<RecordedEvent> Standing(IEnumerable<RecordedEvent> events) =>
        events.Where(recorded => recorded.State != RecordedState.RolledBack);

    private static string Times(int count) => count switch
    {
        0 => "not at all",
        1 => "once",
        _ => $"{count} times",
    };
}
