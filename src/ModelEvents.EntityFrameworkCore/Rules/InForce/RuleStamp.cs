using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Rules.InForce;

/// <summary>
/// What tells in one cheap query whether rules were created, edited, archived or deleted. Versions are summed up rather than
/// times compared, as the clocks of processes differ.
/// </summary>
internal sealed record RuleStamp(int Count, int Active, long Versions, DateTimeOffset? Modified)
{
    private static readonly RuleStamp None = new(0, 0, 0, null);

    public static RuleStamp Read(IQueryable<TriggerRule> rules) => Query(rules).SingleOrDefault() ?? None;

    public static async Task<RuleStamp> ReadAsync(IQueryable<TriggerRule> rules, CancellationToken cancellationToken) =>
        await Query(rules).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false) ?? None;

    private static IQueryable<RuleStamp> Query(IQueryable<TriggerRule> rules) =>
        rules.GroupBy(_ => 1).Select(all => new RuleStamp(
            all.Count(),
            all.Count(rule => rule.IsActive && rule.Archived == null),
            all.Sum(rule => rule.Version),
            all.Max(rule => rule.LastModified)));
}
