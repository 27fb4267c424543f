using System.Runtime.CompilerServices;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Models;

namespace ModelEvents.Rules.InForce;

/// <summary>
/// Holds the rules in force of one context type, read ahead of the saves that ask for them: first at start-up or by the
/// first save, then whenever the table has changed, which is looked at every second.
/// </summary>
internal sealed class RuleBook(
    Type contextType,
    IServiceScopeFactory scopes,
    ModelListProvider lists,
    RuleHandlers handlers,
    TimeProvider time,
    ILogger<RuleBook> logger) : IAsyncDisposable, IDisposable
{
    /// <summary>How long an edit by another process can stay unseen, the query itself aside.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _reading = new(1);
    private readonly Lock _starting = new();
    private readonly Lock _making = new();
    private volatile RuleRows? _rows;
    private readonly ConditionalWeakTable<IModel, RuleSet> _sets = [];
    private Task? _watching;
    private bool _isAway;

    /// <summary>Whether contexts of this model have rules at all.</summary>
    public static bool IsMapped(IModel model) => model.FindEntityType(typeof(TriggerRule)) is not null;

    /// <summary>The rules in force for the saves of <paramref name="context"/>.</summary>
    public RuleSet For(DbContext context)
    {
        var (rows, list, model) = (_rows ?? ReadFirst(), lists.Current, context.Model);
        return _sets.TryGetValue(model, out var set) && set.IsOf(rows, list) ? set : Make(model);
    }

    /// <summary>Reads a rule as it would be in force, and throws if anything is wrong with it.</summary>
    public void Check(DbContext context, TriggerRule rule) =>
        handlers.Read(rule.Type, rule.Name, rule.Configuration, For(context).Models);

    /// <summary>Looks for changed rules from now on. A database that is away is asked again.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TryRefreshAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The program is being stopped before it has started: its host would take that for a failure.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return;
        }

        Watch();
    }

    /// <summary>Reads the rules unless that was done before.</summary>
    public Task EnsureReadAsync(CancellationToken cancellationToken)
    {
        Watch();
        return _rows is null ? RefreshAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Reads the rules again if the table has changed.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var apart = Apart();
            var scope = scopes.CreateAsyncScope();
            await using var closing = scope.ConfigureAwait(false);
            var context = (DbContext)scope.ServiceProvider.GetRequiredService(contextType);
            var table = TableOf(context);
            var stamp = await RuleStamp.ReadAsync(table, cancellationToken).ConfigureAwait(false);
            if (stamp == _rows?.Stamp)
                return;

            _rows = new RuleRows(stamp, await Active(table).ToListAsync(cancellationToken).ConfigureAwait(false));
            For(context);
        }
        finally
        {
            _reading.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_watching is { } watching)
            await watching.ConfigureAwait(false);
        Dispose();
    }

    /// <summary>Ends the watch without waiting for it.</summary>
    public void Dispose() => _stopping.Cancel();

    private static IQueryable<TriggerRule> TableOf(DbContext context) =>
        context.Set<TriggerRule>().IgnoreQueryFilters().AsNoTracking();

    private static IQueryable<TriggerRule> Active(IQueryable<TriggerRule> rules) =>
        rules.Where(rule => rule.IsActive && rule.Archived == null).OrderBy(rule => rule.Created).ThenBy(rule => rule.Id);

    /// <summary>A save comes before the first look. It cannot go on without the rules, and reads them on a connection of its own.</summary>
    private RuleRows ReadFirst()
    {
        Watch();
        using var apart = Apart();
        using var scope = scopes.CreateScope();
        var table = TableOf((DbContext)scope.ServiceProvider.GetRequiredService(contextType));
        var stamp = RuleStamp.Read(table);
        return _rows ??= new RuleRows(stamp, [.. Active(table)]);
    }

    /// <summary>What is in a transaction of the caller's is not in force yet.</summary>
    private static TransactionScope Apart() =>
        new(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);

    /// <summary>One save reads changed rules, and others wait for it: else each would, and tell of those that are broken.</summary>
    private RuleSet Make(IModel model)
    {
        lock (_making)
        {
            var (rows, list) = (_rows!, lists.Current);
            if (_sets.TryGetValue(model, out var before) && before.IsOf(rows, list))
                return before;

            var set = RuleSet.Make(rows, list, model, Read, before);
            _sets.AddOrUpdate(model, set);
            return set;
        }
    }

    private void Watch()
    {
        lock (_starting)
        {
            if (_watching is not null || _stopping.IsCancellationRequested)
                return;

            // Whoever happens to be first has a transaction or a trace that is not the watch's.
            using (ExecutionContext.SuppressFlow())
                _watching = Task.Run(WatchAsync);
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                await TryRefreshAsync(_stopping.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The program ends, and what a refresh needs may be gone before it is.
        catch (Exception) when (_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
        }
    }

    private async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken).ConfigureAwait(false);
            if (_isAway)
                Capture.Log.RulesBack(logger, contextType.Name);
            _isAway = false;
        }
#pragma warning disable CA1031 // Whatever a provider throws while its database or the table is not there yet.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!_isAway)
                Capture.Log.RulesAway(logger, exception, contextType.Name);
            _isAway = true;
        }
    }

    /// <summary>A rule that cannot be read is not in force, which is told once for each version of it.</summary>
    private RuleInForce? Read(TriggerRule rule, TriggerModels models)
    {
        try
        {
            return handlers.Read(rule.Type, rule.Name, rule.Configuration, models) is { } condition
                ? new RuleInForce(rule, condition)
                : null;
        }
#pragma warning disable CA1031 // A handler of the user's may throw anything; the other rules are in force all the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Capture.Log.RuleIgnored(logger, PlainText.InLog(rule.Name), rule.Id, rule.Version, exception.Message);
            return null;
        }
    }
}
