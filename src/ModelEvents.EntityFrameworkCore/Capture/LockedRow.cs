using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>
/// The row that stands for an instance where several saves change it at the same time: the one of its first table.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="key">The columns of the primary key.</param>
/// <param name="isOfSeveral">Whether an instance has rows in other tables, which an update may write alone.</param>
internal sealed class LockedRow(ITableBase table, IColumnMapping[] key, bool isOfSeveral)
{
    /// <summary>Begins the names of parameters, as EF Core's statements may be beside.</summary>
    public const string Parameter = "me_key";

    private string? _table;
    private string? _lock;

    private readonly IComparer<IUpdateEntry>[] _order = [.. key.Select(part => part.Property.GetCurrentValueComparer())];

    public bool IsOfSeveral => isOfSeveral;

    private ITableBase Table => table;

    /// <summary>Its table, as in SQL.</summary>
    public string TableIn(ISqlGenerationHelper sql) => _table ??= sql.DelimitIdentifier(table.Name, table.Schema);

    /// <summary>The statement that locks it as an update would.</summary>
    public string LockIn(ISqlGenerationHelper sql) =>
        _lock ??= $"SELECT 1 FROM {TableIn(sql)} WHERE {WhereIn(sql)} FOR NO KEY UPDATE";

    /// <summary>The columns of the key and what is in each.</summary>
    public IEnumerable<(RelationalTypeMapping Mapping, object? Value)> ValuesOf(Change change) =>
        key.Select(part => (part.TypeMapping, change.Entry.GetCurrentValue(part.Property)));

    /// <summary>The order in which EF Core updates the rows of one save: only so do two saves never wait for each other.</summary>
    public static int Compare(Change first, Change second)
    {
        var (row, other) = (first.Model.Row!, second.Model.Row!);
        var order = string.CompareOrdinal(row.Table.Name, other.Table.Name);
        if (order == 0)
            order = string.CompareOrdinal(row.Table.Schema, other.Table.Schema);
        if (order == 0)
            order = string.CompareOrdinal(first.Entry.EntityType.Name, second.Entry.EntityType.Name);
        for (var part = 0; order == 0 && part < row._order.Length; part++)
            order = row._order[part].Compare(first.Entry, second.Entry);
        return order;
    }

    /// <summary>Whether a change of <paramref name="part"/>, which an instance owns, writes this row.</summary>
    public bool IsWrittenWith(IEntityType part) =>
        !isOfSeveral && part.GetTableMappings().Any(mapping => mapping.Table == table);

    private string WhereIn(ISqlGenerationHelper sql) => string.Join(
        " AND ",
        key.Select((part, index) => $"{sql.DelimitIdentifier(part.Column.Name)} = @{Parameter}{index}"));

    public static LockedRow? Of(IEntityType type)
    {
        var mappings = type.GetTableMappings().ToList();
        if (mappings is not [{ Table: var table }, ..])
            return null;

        IColumnMapping[] key =
        [
            .. type.FindPrimaryKey()!.Properties.SelectMany(
                property => property.GetTableColumnMappings().Where(column => column.TableMapping == mappings[0])),
        ];
        return new LockedRow(table, key, mappings.Count > 1);
    }
}
