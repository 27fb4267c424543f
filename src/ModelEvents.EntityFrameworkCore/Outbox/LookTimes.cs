namespace ModelEvents.Outbox;

/// <summary>When databases are looked at whose events perhaps nobody reads.</summary>
/// <param name="Patience">How long nobody must read them until that is told.</param>
/// <param name="Interval">How often it is looked while there is doubt.</param>
/// <param name="Recheck">How often while they are saved into and a process reads them that is not this one.</param>
internal sealed record LookTimes(TimeSpan Patience, TimeSpan Interval, TimeSpan Recheck)
{
    public static LookTimes Default { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
}
