using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Capture;
using ModelEvents.Rules.InForce;

namespace ModelEvents.Rules.Services;

/// <inheritdoc cref="ITriggerRules"/>
internal sealed class ContextRules<TContext>(
    TContext context,
    RuleBook book,
    ITriggerEvents<TContext> events,
    TimeProvider time) : ITriggerRules<TContext>
    where TContext : DbContext
{
    public async Task<TriggerRule> CreateAsync(
        string type, string name, string configuration, bool isActive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configuration);
        var now = time.GetUtcNow();
        var rule = new TriggerRule
        {
            Id = new EventIds(time).Next(),
            Type = type,
            Name = name,
            Configuration = configuration,
            IsActive = isActive,
            Created = now,
            LastModified = now,
            Version = 1,
        };
        await book.EnsureReadAsync(cancellationToken).ConfigureAwait(false);
        book.Check(context, rule);

        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using (rules.ConfigureAwait(false))
        {
            rules.AddRow(rule);
            await rules.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }

        await TakeIntoForceAsync(cancellationToken).ConfigureAwait(false);
        return rule;
    }

    public Task<TriggerRule> CreateAsync(
        string type,
        string name,
        IReadOnlyDictionary<string, object?> configuration,
        bool isActive,
        CancellationToken cancellationToken) =>
        CreateAsync(type, name, ToJson(configuration), isActive, cancellationToken);

    public async Task<TriggerRule> EditAsync(
        Guid id, long version, TriggerRuleEdit edit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(edit);
        await book.EnsureReadAsync(cancellationToken).ConfigureAwait(false);
        return await ChangeAsync(id, version, rule => Apply(edit, rule), cancellationToken).ConfigureAwait(false);
    }

    public Task<TriggerRule> ArchiveAsync(Guid id, long? version, CancellationToken cancellationToken) => ChangeAsync(
        id,
        version,
        rule =>
        {
            if (rule.Archived is not null)
                return false;

            rule.IsActive = false;
            rule.Archived = time.GetUtcNow();
            return true;
        },
        cancellationToken);

    public async Task<TriggerRule?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        return await rules.Rules.AsNoTracking().FirstOrDefaultAsync(rule => rule.Id == id, cancellationToken)
            .ConfigureAwait(false);
    }

    public async Task<TriggerRule?> GetByNameAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var stored = StoredText.OrNone(name);
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        return await rules.Rules.AsNoTracking()
            .Where(rule => rule.Name == stored)
            .OrderBy(rule => rule.Archived != null).ThenByDescending(rule => rule.Created).ThenByDescending(rule => rule.Id)
            .FirstOrDefaultAsync(cancellationToken)
            .ConfigureAwait(false);
    }

    public async Task<TriggerPage<TriggerRule>> ListAsync(TriggerRuleFilter? filter, CancellationToken cancellationToken)
    {
        filter ??= new TriggerRuleFilter();
        filter = filter with { Type = StoredText.OrNone(filter.Type), Name = StoredText.OrNone(filter.Name) };
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        return await rules.Rules.AsNoTracking()
            .Where(rule => filter.Type == null || rule.Type == filter.Type)
            .Where(rule => filter.Name == null || rule.Name == filter.Name)
            .Where(rule => filter.IsActive == null || rule.IsActive == filter.IsActive)
            .Where(rule => filter.IsArchived == null || (rule.Archived != null) == filter.IsArchived)
            .OrderByDescending(rule => rule.Created).ThenByDescending(rule => rule.Id)
            .ToPageAsync(filter.Page, filter.PageSize, cancellationToken).ConfigureAwait(false);
    }

    public async Task<TriggerEvent?> FireAsync(string name, object? description, CancellationToken cancellationToken)
    {
        var rule = await GetByNameAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException(
                $"There is no rule '{name}' to fire. Create one of the type '{TriggerRuleTypes.Manual}', or correct the name.");

        return rule is { IsActive: true, Archived: null }
            ? await events.CreateAsync(rule.Type, rule, description, occurred: null, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private static string ToJson(IReadOnlyDictionary<string, object?> configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        try
        {
            return JsonSerializer.Serialize(configuration);
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or NotSupportedException)
        {
            throw new InvalidTriggerRuleException(
                $"The configuration cannot be written as JSON: {exception.Message} Leave out what is none.");
        }
    }

    private bool Apply(TriggerRuleEdit edit, TriggerRule rule)
    {
        if (rule.Archived is not null)
            throw new InvalidTriggerRuleException($"The rule '{rule.Name}' is archived. Create another one.");

        rule.Name = edit.Name ?? rule.Name;
        rule.Configuration = edit.Configuration ?? rule.Configuration;
        rule.IsActive = edit.IsActive ?? rule.IsActive;
        book.Check(context, rule);
        return true;
    }

    private async Task<TriggerRule> ChangeAsync(
        Guid id, long? version, Func<TriggerRule, bool> change, CancellationToken cancellationToken)
    {
        var rule = await WriteAsync(id, version, change, cancellationToken).ConfigureAwait(false);
        await TakeIntoForceAsync(cancellationToken).ConfigureAwait(false);
        return rule;
    }

    private async Task<TriggerRule> WriteAsync(
        Guid id, long? version, Func<TriggerRule, bool> change, CancellationToken cancellationToken)
    {
        var rules = await RuleContext.OnAsync(context, cancellationToken).ConfigureAwait(false);
        await using var closing = rules.ConfigureAwait(false);
        var rule = await rules.Rules.SingleOrDefaultAsync(one => one.Id == id, cancellationToken).ConfigureAwait(false);
        if (rule is null || (version is { } read && read != rule.Version))
            throw new TriggerRuleConflictException(id, version ?? 0, rule?.Version);
        if (!change(rule))
            return rule;

        rule.Version++;
        rule.LastModified = time.GetUtcNow();
        try
        {
            await rules.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateConcurrencyException exception)
        {
            var current = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            throw new TriggerRuleConflictException(id, rule.Version - 1, current?.Version, exception);
        }

        return rule;
    }

    /// <summary>Reads the rules on another connection: not while the context's is held.</summary>
    private Task TakeIntoForceAsync(CancellationToken cancellationToken) =>
        UserTransaction.IsOpen(context) ? Task.CompletedTask : book.RefreshAsync(cancellationToken);
}
