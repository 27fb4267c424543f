using Microsoft.EntityFrameworkCore;
using ModelEvents.Rules.Raising;

namespace ModelEvents.Capture;

/// <summary>
/// Makes the events of a save: those of its changes, of the rules that they meet, and its own ones. There are none
/// where nobody wants them.
/// </summary>
internal sealed class SaveEvents(EventFactory ofChanges, RuleRaising ofRules)
{
    public EventFactory OfChanges => ofChanges;

    public RuleRaising OfRules => ofRules;

    /// <summary>
    /// A save's changes, after those of the saves it runs inside of: an interceptor that saves once more when a save has
    /// ended has its turn before this one.
    /// </summary>
    public static List<Change> TakeChanges(SaveScope save)
    {
        if (save.IsSettled || save.IsStatement)
            return [];
        if (save.Outer is not { AwaitsEvents: true } outer || !Equals(outer.Transaction, save.Transaction))
            return save.Changes ?? [];

        var earlier = TakeChanges(outer);
        outer.IsSettled = true;
        return [.. earlier, .. save.Changes ?? []];
    }

    /// <summary>
    /// Lets the bodies of a save's events be in memory that is lent, if its outbox is done with them once they are appended.
    /// </summary>
    public void Lend(SaveScope save, bool isDoneOnceAppended) =>
        save.Bodies = isDoneOnceAppended && !ofChanges.AreSeen && !save.Models.HasRules ? new LentBodies() : null;

    public IReadOnlyList<ModelEvent> Make(DbContext context, SaveScope save, List<Change> changed)
    {
        var (made, raised) = MakeAll(context, save, changed);
        if (raised is null)
            return made;

        save.ThrowIfLost(context);
        raised.Insert();
        return made;
    }

    public async Task<IReadOnlyList<ModelEvent>> MakeAsync(
        DbContext context, SaveScope save, List<Change> changed, CancellationToken cancellationToken)
    {
        var (made, raised) = MakeAll(context, save, changed);
        if (raised is null)
            return made;

        save.ThrowIfLost(context);
        await raised.InsertAsync(cancellationToken).ConfigureAwait(false);
        return made;
    }

    /// <summary>The events of the changes, then those of the rules that they meet, then the save's own ones.</summary>
    private (IReadOnlyList<ModelEvent> Made, RaisedEvents? Raised) MakeAll(
        DbContext context, SaveScope save, List<Change> changed)
    {
        if (changed.Exists(change => change.IsRefused))
            changed = changed.FindAll(change => !change.IsRefused);

        var made = changed.Count > 0 ? ofChanges.Create(context, changed, lent: save.Bodies) : [];
        var raised = save.Models.HasRules ? ofRules.Raise(context, changed, made) : null;
        if (raised is not null || save.OwnEvents is not null)
            made = [.. made, .. raised?.Events ?? [], .. save.OwnEvents ?? []];

        var addressed = ofChanges.Address(made);
        save.State.Unlocked = addressed.Count > 0 && changed.Exists(change => change.LocksNoRow)
            ? changed.FindAll(change => change.LocksNoRow)
            : null;
        return (addressed, raised);
    }
}
