using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>Tracked entries in, calls of receivers out. Next stop: <see cref="ReceiverRunner"/>.</summary>
internal static class SavePlan
{
    /// <summary>Whether anything that the save changes has a receiver to be called before the commit.</summary>
    public static bool HasAfter(ReceivedSave save) =>
        save.Receivers.HasAfter
        && (Targets(save.Context).Exists(target => AfterOf(save, target).Length > 0) || LinkPlan.HasAny(save));

    /// <summary>What is to be called before the save, and was not yet.</summary>
    public static List<PlannedCall> Before(ReceivedSave save, ToldInstances told)
    {
        var calls = new List<PlannedCall>();
        foreach (var target in Targets(save.Context))
        {
            var isDeleted = target.IsDeleted;
            var receivers = save.Receivers.Of(target.Entry.EntityType)[
                isDeleted ? ReceiverKind.BeforeDelete : ReceiverKind.BeforeSave];
            if (receivers.Length == 0 || !told.Changes.Add((target.Entry, isDeleted)))
                continue;

            calls.Add(new PlannedCall(receivers, target.Model, ContextOf(save, target, target.ChangedProperties))
            {
                IsDue = () => target.IsTracked && target.IsDeleted == isDeleted,
            });
        }

        calls.AddRange(LinkPlan.Before(save, told.Links));
        return calls;
    }

    /// <summary>
    /// What is to be called before the commit. Worked out before anything is written, while entries still have their states
    /// and original values.
    /// </summary>
    public static List<PlannedCall> After(ReceivedSave save)
    {
        var calls = new List<PlannedCall>();
        if (!save.Receivers.HasAfter)
            return calls;

        foreach (var target in Targets(save.Context))
        {
            var receivers = AfterOf(save, target);
            if (receivers.Length == 0)
                continue;

            var changed = target.ChangedProperties();
            calls.Add(new PlannedCall(receivers, target.Model, ContextOf(save, target, () => changed)));
        }

        calls.AddRange(LinkPlan.After(save));
        return calls;
    }

    private static Receiver[] AfterOf(ReceivedSave save, SaveTarget target) =>
        save.Receivers.Of(target.Entry.EntityType)[target.IsDeleted ? ReceiverKind.AfterDelete : ReceiverKind.AfterSave];

    private static ReceiverContext ContextOf(
        ReceivedSave save, SaveTarget target, Func<IReadOnlyList<ChangedProperty>> changed) =>
        target.IsDeleted
            ? new DeleteContext(save, DeleteOrigin.Of(save.Context, target.Entry))
            : new SaveContext(save, target.IsCreated, changed);

    /// <summary>What the save changes, each once, with changed owned instances as a part of their owner.</summary>
    private static List<SaveTarget> Targets(DbContext context)
    {
        var targets = new List<SaveTarget>();
        List<IUpdateEntry>? owned = null;
        foreach (var entry in TrackedEntries.Changed(context))
        {
            if (entry.EntityType.IsOwned())
                (owned ??= []).Add(entry);
            else
                targets.Add(new SaveTarget(entry));
        }

        if (owned is not null)
            AddParts(context, targets, owned);
        return targets;
    }

    private static void AddParts(DbContext context, List<SaveTarget> targets, List<IUpdateEntry> parts)
    {
        var byEntry = targets.ToDictionary(target => target.Entry);
        foreach (var part in parts)
        {
            if (OwnerOf(context, part) is not var (owner, path))
                continue;

            if (!byEntry.TryGetValue(owner, out var target))
            {
                byEntry.Add(owner, target = new SaveTarget(owner));
                targets.Add(target);
            }

            target.AddPart(part, path);
        }
    }

    /// <summary>The instance that owns <paramref name="part"/>, itself owned by nobody, and the path from it.</summary>
    private static (IUpdateEntry Owner, string Path)? OwnerOf(DbContext context, IUpdateEntry part)
    {
        var (owner, path) = (part, "");
        while (owner.EntityType.FindOwnership() is { } ownership)
        {
            var name = ownership.PrincipalToDependent!.Name;
            path = path.Length == 0 ? name : $"{name}.{path}";
            if (TrackedEntries.Principal(context, owner, ownership) is not { } next)
                return null;

            owner = next;
        }

        return (owner, path);
    }
}
