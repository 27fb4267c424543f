using ModelEvents.LogCapture;

namespace ModelEvents.Outbox;

/// <summary>What a session needs beyond messages, for models that are captured from the log now or by a later list.</summary>
internal sealed class LogReader(IRowCapture capture, KeptPosition? kept, Func<CancellationToken, Task> check)
{
    private object _checked = capture.Tables;

    /// <summary>Makes events of rows.</summary>
    public IRowCapture Capture => capture;

    /// <summary>Keeps the slot's position, if a model was captured from the log when the session began.</summary>
    public KeptPosition? Kept => kept;

    /// <summary>Lets the database be checked again where another model list has come into force.</summary>
    public async Task FollowListAsync(CancellationToken cancellationToken)
    {
        var wanted = capture.Tables;
        if (ReferenceEquals(wanted, _checked))
            return;

        _checked = wanted;
        await check(cancellationToken).ConfigureAwait(false);
    }
}
