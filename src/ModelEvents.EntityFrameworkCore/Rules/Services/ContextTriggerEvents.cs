using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Capture;
using ModelEvents.OwnEvents;
using ModelEvents.Rules.Raising;

namespace ModelEvents.Rules.Services;

/// <inheritdoc cref="ITriggerEvents"/>
internal sealed class ContextTriggerEvents<TContext>(TContext context, FiredEventFactory factory, TimeProvider time)
    : ITriggerEvents<TContext>
    where TContext : DbContext
{
    public async Task<TriggerEvent> CreateAsync(
        string type,
        TriggerRule? rule,
        object? description,
        DateTimeOffset? occurred,
        CancellationToken cancellationToken)
    {
        var (row, published) = factory.Create(type, rule, description, occurred);
        if (published is null)
            await InsertAsync(row, cancellationToken).ConfigureAwait(false);
        else
            await InTransactionAsync(token => InsertAndPublishAsync(row, published, token), cancellationToken)
                .ConfigureAwait(false);

        row.Rule = rule;
        return row;
    }

    public async Task<TriggerEvent?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        return await WithRules(rules).FirstOrDefaultAsync(one => one.Id == id, cancellationToken).ConfigureAwait(false);
    }

    public async Task<TriggerEvent?> GetLockedAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!context.Database.IsRelational())
            return await FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (!UserTransaction.IsOpen(context))
        {
            throw new InvalidOperationException(
                $"The trigger event '{id}' cannot be locked, as '{context.GetType().Name}' has no transaction that would hold "
                + "the lock. Begin one, and commit it when you are done.");
        }

        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);

        // An update that changes nothing takes the same lock as FOR UPDATE, in every dialect.
        await rules.Events.Where(one => one.Id == id)
            .ExecuteUpdateAsync(one => one.SetProperty(its => its.Type, its => its.Type), cancellationToken)
            .ConfigureAwait(false);
        return await WithRules(rules).FirstOrDefaultAsync(one => one.Id == id, cancellationToken).ConfigureAwait(false);
    }

    public async Task<TriggerPage<TriggerEvent>> ListAsync(
        TriggerEventFilter? filter, CancellationToken cancellationToken)
    {
        filter ??= new TriggerEventFilter();
        filter = filter with { Type = StoredText.OrNone(filter.Type) };
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        return await WithRules(rules)
            .Where(one => filter.Type == null || one.Type == filter.Type)
            .Where(one => filter.RuleId == null || one.RuleId == filter.RuleId)
            .Where(one => filter.Since == null || one.Occurred >= filter.Since)
            .Where(one => filter.Until == null || one.Occurred < filter.Until)
            .Where(one => filter.IsAcknowledged == null || (one.Acknowledged != null) == filter.IsAcknowledged)
            .OrderByDescending(one => one.Occurred).ThenByDescending(one => one.Id)
            .ToPageAsync(filter.Page, filter.PageSize, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> AcknowledgeAsync(Guid id, CancellationToken cancellationToken)
    {
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        var one = await rules.Events.SingleOrDefaultAsync(row => row.Id == id, cancellationToken).ConfigureAwait(false);
        if (one is null || one.Acknowledged is not null)
            return false;

        one.Acknowledged = time.GetUtcNow();
        try
        {
            await rules.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private static IQueryable<TriggerEvent> WithRules(RuleContext rules) =>
        rules.Events.AsNoTracking().Include(one => one.Rule);

    private async Task InsertAndPublishAsync(TriggerEvent row, ModelEvent published, CancellationToken cancellationToken)
    {
        await InsertAsync(row, cancellationToken).ConfigureAwait(false);
        await OwnEventAppend.Of(context).AppendAsync(context, published, cancellationToken).ConfigureAwait(false);
    }

    private async Task InsertAsync(TriggerEvent row, CancellationToken cancellationToken)
    {
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        rules.AddRow(row);
        await rules.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task InTransactionAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!context.Database.IsRelational() || UserTransaction.IsOpen(context))
        {
            await work(cancellationToken).ConfigureAwait(false);
            return;
        }

        if (context.GetService<ContextState>().Save is not null)
        {
            throw new InvalidOperationException(
                $"A rule cannot be fired inside of a save of '{context.GetType().Name}' that has no transaction yet. Begin one "
                + "before the save, or fire the rule after it.");
        }

        await context.Database.CreateExecutionStrategy().ExecuteAsync(
            async token =>
            {
                var transaction = await context.Database.BeginTransactionAsync(token).ConfigureAwait(false);
                await using var ending = transaction.ConfigureAwait(false);
                await work(token).ConfigureAwait(false);
                await transaction.CommitAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
