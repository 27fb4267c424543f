using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Finds out, through EF Core's relational model, what the rows of tables mean to the listed models.</summary>
internal sealed class TablePlans(CapturedModels models, DbContext context)
{
    private readonly string _defaultSchema = SearchPath.FirstOf(context);
    private readonly Dictionary<LogTable, TablePlan?> _plans = [];
    private readonly Dictionary<IEntityType, RowType> _types = [];

    public CapturedModels Models => models;

    /// <summary>The tables that have rows of listed models, of what they own and of their links.</summary>
    public IReadOnlyCollection<WantedTable> Tables { get; private set; } = [];

    public static TablePlans Of(CapturedModels models, DbContext context)
    {
        var plans = new TablePlans(models, context);
        plans.Tables = [.. plans.MappedTables().Distinct().Select(plans.WantedOf)];
        return plans;
    }

    public TablePlan? For(LogTable table)
    {
        if (!_plans.TryGetValue(table, out var plan))
            _plans.Add(table, plan = Create(table));
        return plan;
    }

    private TablePlan? Create(LogTable table)
    {
        var mapped = MappedTables()
            .FirstOrDefault(its => NameOf(its) == (table.Schema, table.Name));
        if (mapped is null)
            return null;

        try
        {
            return PlannerOf(mapped, table).Create();
        }
        catch (InvalidOperationException unfit)
        {
            return PlannerOf(mapped, table).CreateUnread(unfit.Message);
        }
    }

    private IEnumerable<ITable> MappedTables() =>
        context.Model.GetEntityTypes().Where(models.Has).SelectMany(type => type.GetTableMappings()).Select(mapping => mapping.Table);

    /// <summary>The table with what its rows must tell, found as if they had all columns that EF Core knows.</summary>
    private WantedTable WantedOf(ITable mapped)
    {
        var (schema, name) = NameOf(mapped);
        var table = new LogTable(
            schema, name, [.. mapped.Columns.Select(column => new LogColumn(StoredName.Of(column.Name), true, 0))]);
        var identity = Create(table)?.Identity ?? [];
        return new WantedTable(schema, name, [.. identity.Select(property => table.Columns[property.Column].Name)]);
    }

    private (string Schema, string Name) NameOf(ITable mapped) =>
        (StoredName.Of(mapped.Schema ?? _defaultSchema), StoredName.Of(mapped.Name));

    private TablePlanFactory PlannerOf(ITable mapped, LogTable table) => new(models, context, mapped, table, TypeOf);

    private RowType TypeOf(IEntityType type)
    {
        if (!_types.TryGetValue(type, out var its))
            _types.Add(type, its = new RowType(type, context));
        return its;
    }
}
