using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Rules;

/// <summary>A rule was edited by somebody else since it was read. Nothing was written.</summary>
public sealed class TriggerRuleConflictException : DbUpdateConcurrencyException
{
    internal TriggerRuleConflictException(Guid id, long expected, long? current, Exception? inner = null)
        : base(MessageOf(id, expected, current), inner) => (RuleId, ExpectedVersion, CurrentVersion) = (id, expected, current);

    /// <summary>The rule.</summary>
    public Guid RuleId { get; }

    /// <summary>The version that was to be edited.</summary>
    public long ExpectedVersion { get; }

    /// <summary>The version that it has now; <see langword="null"/> where it is gone.</summary>
    public long? CurrentVersion { get; }

    private static string MessageOf(Guid id, long expected, long? current) =>
        $"The rule '{id}' was read as version {expected}, but "
        + (current is null ? "is gone. Create another one." : $"is version {current} by now. Read it again, and repeat the edit.");
}
