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
    public IReadOnlyCollection<(string Schema, string Name)> Tables { get; } =
    [
        .. context.Model.GetEntityTypes().Where(models.Has)
            .SelectMany(type => type.GetTableMappings())
            .Select(mapping => (mapping.Table.Schema ?? SearchPath.FirstOf(context), mapping.Table.Name))
            .Distinct(),
    ];

    public TablePlan? For(LogTable table)
    {
        if (!_plans.TryGetValue(table, out var plan))
            _plans.Add(table, plan = Create(table));
        return plan;
    }

    private TablePlan? Create(LogTable table)
    {
        var mapped = context.Model.GetEntityTypes().Where(models.Has)
            .SelectMany(type => type.GetTableMappings())
            .Select(mapping => mapping.Table)
            .FirstOrDefault(its => its.Name == table.Name && (its.Schema ?? _defaultSchema) == table.Schema);
        return mapped is null ? null : new TablePlanFactory(models, context, mapped, table, TypeOf).Create();
    }

    private RowType TypeOf(IEntityType type)
    {
        if (!_types.TryGetValue(type, out var its))
            _types.Add(type, its = new RowType(type, context));
        return its;
    }
}
