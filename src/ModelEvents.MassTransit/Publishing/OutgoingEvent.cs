namespace ModelEvents.Publishing;

/// <summary>
/// One event on its way through MassTransit, whose message it is. The body is not read from it but taken as it stands
/// by <see cref="VerbatimSerializer"/>.
/// </summary>
internal sealed class OutgoingEvent(WireMessage wire)
{
    private readonly TaskCompletionSource<Exception> _faulted =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WireMessage Wire => wire;

    /// <summary>Completes when the transport reported why it could not send; never when it sent.</summary>
    public Task<Exception> Faulted => _faulted.Task;

    public void Fault(Exception exception) => _faulted.TrySetResult(exception);
}
