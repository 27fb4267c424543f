using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>
/// Captures the rows of one context type's tables. Everything is worked out once for each model list; a row then becomes an
/// instance, an entry of a context that tracks nothing, and an event by the code that makes those of saves.
/// </summary>
internal sealed class RowCapture<TContext>(
    IServiceScopeFactory scopes, CapturedModelsSource models, EventFactory events, ILogger<RowCapture<TContext>> logger)
    : IRowCapture, IDisposable
    where TContext : DbContext
{
    private readonly ulong _source = RowIds.SourceOf(typeof(TContext).FullName!);
    private readonly Lock _making = new();
    private readonly HashSet<(LogTable, string)> _unreadable = [];
    private IServiceScope? _scope;
    private TContext? _context;
    private TablePlans? _plans;

    public IReadOnlyCollection<WantedTable> Tables => Plans().Tables;

    public RowPlan? Plan(LogTable table) => Plans().For(table);

    public async ValueTask<LogEvents> CaptureAsync(
        IReadOnlyList<LogRow> rows, LogTransaction transaction, CancellationToken cancellationToken)
    {
        var plans = Plans();
        await ReadKeysAsync(rows, cancellationToken).ConfigureAwait(false);
        var changes = new RowChanges(plans, transaction.Told).Of(rows);
        var needInstances = changes.Exists(change => change.NeedsInstance);
        try
        {
            if (needInstances)
            {
                await transaction.UntilVisibleAsync(cancellationToken).ConfigureAwait(false);
                await new InstanceLoader(_context!, plans.Models).LoadAsync(changes, cancellationToken).ConfigureAwait(false);
            }

            TellUnreadable(changes);
            var reading = new RowReading(_context!, transaction.Id);
            var made = new RowEvents(plans, reading, transaction, new RowIds(_source, transaction)).Of(changes);
            return made.Addressed(events.Address(made.Events));
        }
        finally
        {
            // What was loaded, and the entries of what instances own.
            _context!.ChangeTracker.Clear();
        }
    }

    public IReadOnlyList<ModelEvent> Truncated(
        LogTable table, LogTransaction transaction, Func<(int Ordinal, long Position)> nextRow)
    {
        var ids = new RowIds(_source, transaction);
        transaction.Told.Forget();
        return events.Address(
        [
            .. (Plans().For(table)?.Instances ?? [])
                .Select(rows => rows.Model.Listed)
                .DistinctBy(listed => listed.Name)
                .Select(listed => (listed, row: nextRow()))
                .Select(model => new ModelEvent
                {
                    Id = ids.Of(model.row.Position, index: 0),
                    Name = model.listed.EventName("truncated"),
                    Service = model.listed.Service,
                    Model = model.listed.Name,
                    Key = "",
                    Body = "{}"u8.ToArray(),
                    Headers = RowEvents.HeadersOf(transaction).ToDictionary(),
                    OccurredAt = transaction.CommittedAt,
                    Sequence = transaction.Numbers.Of(model.row.Position, model.row.Ordinal, index: 0),
                }),
        ]);
    }

    public void Dispose() => _scope?.Dispose();

    private async ValueTask ReadKeysAsync(IReadOnlyList<LogRow> rows, CancellationToken cancellationToken)
    {
        UnreadKeys? keys = null;
        foreach (var row in rows)
        {
            if (row.Plan is TablePlan plan && UnreadKeys.AreIn(plan, row))
                await (keys ??= new UnreadKeys(_context!)).ReadAsync(plan, row, cancellationToken).ConfigureAwait(false);
        }
    }

    private void TellUnreadable(List<RowChange> changes)
    {
        foreach (var change in changes.Where(change => change.NeedsInstance || change.IsKeyOnly))
        {
            foreach (var (table, column, reason) in change.UnreadableColumns())
            {
                if (_unreadable.Add((table, column)))
                    Capture.Log.UnreadableColumn(logger, column, table.Name, reason);
            }
        }
    }

    /// <summary>The plans of the list in force.</summary>
    private TablePlans Plans()
    {
        lock (_making)
        {
            _scope ??= scopes.CreateScope();
            _context ??= _scope.ServiceProvider.GetRequiredService<TContext>();
            _context.GetService<ContextState>().ReadsLog = true;
            var captured = models.FromLog(_context);
            if (!ReferenceEquals(_plans?.Models, captured))
                _plans = TablePlans.Of(captured, _context);
            return _plans!;
        }
    }
}
