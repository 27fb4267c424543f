using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.Logging;
using ModelEvents.Capture;
using ModelEvents.Rules.Conditions;
using ModelEvents.Rules.InForce;

namespace ModelEvents.Rules.Raising;

/// <summary>
/// Asks the rules of one context type about the changes of a save: when it begins, whether it needs a transaction; while the
/// values before are known, which rules may be met; when all values are known, which are. Next stop:
/// <see cref="RaisedEvents"/>.
/// </summary>
internal sealed class RuleRaising(
    RuleBook book, RaisedEventFactory factory, TimeProvider time, ILogger<RuleRaising> logger)
{
    /// <summary>Whether a save that could be one statement may raise an event, and so needs a transaction.</summary>
    public bool MayRaise(DbContext context, SaveScope save)
    {
        if (!save.Models.HasRules)
            return false;

        var rules = book.For(context);
        var mayRaise = false;
        foreach (var entry in TrackedEntries.Changed(context))
        {
            if (save.Models.Find(entry.EntityType) is { } model && rules.Of(model.Listed) is { } its)
                mayRaise |= its.Find(new ChangeValues(its.Fields, entry, ActionOf(entry), isBeforeKnown: true)) is not null;
        }

        save.IsKnownToRaiseNothing = !mayRaise;
        return mayRaise;
    }

    /// <summary>Notes with each change which rules it may meet, while the entries have their values before.</summary>
    public void Note(DbContext context, SaveScope save)
    {
        if (!save.Models.HasRules || save.IsKnownToRaiseNothing)
            return;

        var rules = book.For(context);
        EventIds? ids = null;
        foreach (var change in save.Changes!)
        {
            if (rules.Of(change.Model.Listed) is not { } its)
                continue;

            var values = new ChangeValues(its.Fields, change.Entry, change.Action, !change.BeforeUnknown);
            if (its.Find(values) is not { } found)
                continue;

            values.KeepBefore();
            ids ??= new EventIds(time);
            change.Raised = [.. found.Select(rule => new RaisedRule(ids.Next(), rule, values))];
            save.MayRaise = true;
        }
    }

    /// <summary>What is raised by changes whose values are all known, if anything.</summary>
    /// <param name="context">The context that saves.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="made">Their own events, one each.</param>
    public RaisedEvents? Raise(DbContext context, List<Change> changes, IReadOnlyList<ModelEvent> made)
    {
        List<RaisedEvent>? raised = null;
        for (var index = 0; index < changes.Count; index++)
        {
            foreach (var met in changes[index].Raised ?? [])
            {
                if (Raise(met, made[index]) is { } one)
                    (raised ??= []).Add(one);
            }
        }

        return raised is null ? null : new RaisedEvents(context, raised);
    }

    private RaisedEvent? Raise(RaisedRule met, ModelEvent made)
    {
        met.Values.ReadAgain();
        var change = new TriggerChange(met.Values, made.Key, factory.Json);
        try
        {
            return met.Rule.Condition.IsMet(change) ? factory.Create(met, change, made) : null;
        }
#pragma warning disable CA1031 // Whatever a handler of the user's throws: a rule must not stop the saves of the program.
        catch (Exception exception) when (met.Rule.Early is null)
#pragma warning restore CA1031
        {
            if (met.Rule.FailsFirst)
            {
                var rule = met.Rule.Rule;
                Capture.Log.RuleFailed(logger, exception, PlainText.InLog(rule.Name), rule.Id, rule.Version, made.Model);
            }

            return null;
        }
    }

    private static ChangeAction ActionOf(IUpdateEntry entry) => entry.EntityState switch
    {
        EntityState.Added when entry.SharedIdentityEntry is null => ChangeAction.Created,
        EntityState.Deleted => ChangeAction.Deleted,
        _ => ChangeAction.Updated,
    };
}
