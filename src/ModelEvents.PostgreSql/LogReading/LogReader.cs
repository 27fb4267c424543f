using ModelEvents.LogCapture;

namespace ModelEvents.Outbox;

/// <summary>What a session needs beyond messages, for models that are captured from the log now or by a later list.</summary>
/// <param name="capture">Makes events of rows.</param>
/// <param name="kept">Keeps the slot's position, if a model was captured from the log when the session began.</param>
/// <param name="check">Checks the database; told whether that is for a new model list.</param>
/// <param name="time">The clock.</param>
internal sealed class LogReader(
    IRowCapture capture, KeptPosition? kept, Func<bool, CancellationToken, Task> check, TimeProvider time)
{
    // What was set up may be undone at any time, and the stream does not say so.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private object _checked = capture.Tables;
    private long _checkedAt = time.GetTimestamp();

    /// <summary>Makes events of rows.</summary>
    public IRowCapture Capture => capture;

    /// <summary>Keeps the slot's position, if a model was captured from the log when the session began.</summary>
    public KeptPosition? Kept => kept;

    /// <summary>Lets the database be checked again where another model list has come into force, and now and then.</summary>
    public async Task FollowListAsync(CancellationToken cancellationToken)
    {
        var wanted = capture.Tables;
        var isNew = !ReferenceEquals(wanted, _checked);
        if (!isNew && (kept is null || time.GetElapsedTime(_checkedAt) < Interval))
            return;

        _checked = wanted;
        await check(isNew, cancellationToken).ConfigureAwait(false);
        _checkedAt = time.GetTimestamp();
    }
}
