using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Capture;

/// <summary>
/// Tells of writes to listed models that the change tracker does not see: <c>ExecuteUpdate</c>, <c>ExecuteDelete</c> and
/// raw SQL. Each model says whether that is ignored, logged once per kind of write, or refused.
/// </summary>
internal sealed class UncapturedWriteGuard(CapturedModelsSource models, ILogger<UncapturedWriteGuard> logger)
{
    private readonly ConditionalWeakTable<CapturedModels, WrittenTable[]> _tables = [];
    private readonly ConcurrentDictionary<(string Model, string Write), bool> _told = new();

    public void Check(DbContext context, string sql, CommandSource source)
    {
        // EF Core reports ExecuteUpdate and ExecuteDelete as one.
        var write = source == CommandSource.ExecuteSqlRaw ? "Raw SQL" : "ExecuteUpdate or ExecuteDelete";
        foreach (var table in _tables.GetValue(models.For(context), TablesOf))
        {
            if (!table.IsWrittenBy(sql))
                continue;

            if (table.Model.UncapturedWrites == UncapturedWrites.Throw)
            {
                throw new InvalidOperationException(
                    $"{write} would change '{table.Model.Name}' without an event, and its 'UncapturedWrites' is 'Throw'. "
                    + "Change the instances and call SaveChanges, or set 'UncapturedWrites' to 'Warn' or 'Ignore'.");
            }

            if (_told.TryAdd((table.Model.Name, write), true))
                Log.UncapturedWrite(logger, write, table.Model.Name);
        }
    }

    private static WrittenTable[] TablesOf(CapturedModels models) =>
    [
        .. models.All
            .Where(pair => pair.Value.Listed.UncapturedWrites != UncapturedWrites.Ignore)
            .SelectMany(pair => TablesOf(pair.Key).Select(table => (pair.Value.Listed, table.Name, table.Schema)))
            .DistinctBy(table => (table.Listed.Name, table.Name, table.Schema))
            .Select(table => new WrittenTable(table.Listed, table.Name, table.Schema)),
    ];

    /// <summary>The tables of a type, those of what it owns included.</summary>
    private static IEnumerable<ITable> TablesOf(IEntityType type) =>
        type.GetTableMappings().Select(mapping => mapping.Table).Concat(
            type.GetNavigations()
                .Where(navigation => navigation is { IsOnDependent: false, ForeignKey.IsOwnership: true })
                .SelectMany(navigation => TablesOf(navigation.TargetEntityType)));
}
