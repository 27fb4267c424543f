using ModelEvents.Diagnostics;

namespace ModelEvents.Dispatching;

/// <summary>Tells that what was delivered of an outbox cannot be noted there, and when it can be again.</summary>
internal sealed class UnnotedReport(string outbox, DispatchContext context)
{
    private readonly string _condition = $"{nameof(UnnotedEvents)}:{outbox}";

    private readonly Outage _outage = new(
        (reason, exception) => Log.NotNoted(context.Log, exception, outbox, reason),
        () => Log.NotedAgain(context.Log, outbox));

    private Exception? _told;

    /// <summary>Whether that is what was told last.</summary>
    public bool Tells(Exception exception) => ReferenceEquals(exception, _told);

    public void Begin(Exception exception)
    {
        _told = exception;
        var reason = exception.GetBaseException().Message;
        context.Conditions.Begin(
            _condition,
            HealthConditionKind.Fails,
            $"What was delivered of '{outbox}' cannot be noted there, and nothing more is delivered until it can be: {reason} "
            + "See to the rights on its tables, and to their triggers.");
        _outage.Begin(reason, exception);
    }

    public void End()
    {
        _told = null;
        context.Conditions.End(_condition);
        _outage.End();
    }
}
