using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Rules.Raising;

/// <summary>What the changes of a save raise. The rows are written in its transaction, before the events are appended.</summary>
internal sealed class RaisedEvents(DbContext context, IReadOnlyList<RaisedEvent> raised)
{
    public IEnumerable<ModelEvent> Events => raised.Select(one => one.Event);

    public void Insert()
    {
        using var rules = RuleContext.On(context);
        Add(rules);
        rules.SaveChanges();
    }

    public async Task InsertAsync(CancellationToken cancellationToken)
    {
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        Add(rules);
        await rules.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Add(RuleContext rules)
    {
        foreach (var one in raised)
            rules.AddRow(one.Row);
    }
}
