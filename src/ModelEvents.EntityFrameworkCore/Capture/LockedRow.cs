using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

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

    public bool IsOfSeveral => isOfSeveral;

    /// <summary>Its table, as in SQL.</summary>
    public string TableIn(ISqlGenerationHelper sql) => sql.DelimitIdentifier(table.Name, table.Schema);

    /// <summary>The condition that finds it.</summary>
    public string WhereIn(ISqlGenerationHelper sql) => string.Join(
        " AND ",
        key.Select((part, index) => $"{sql.DelimitIdentifier(part.Column.Name)} = @{Parameter}{index}"));

    /// <summary>The columns of the key and what is in each.</summary>
    public IEnumerable<(RelationalTypeMapping Mapping, object? Value)> ValuesOf(Change change) =>
        key.Select(part => (part.TypeMapping, change.Entry.GetCurrentValue(part.Property)));

    /// <summary>Whether a change of <paramref name="part"/>, which an instance owns, writes this row.</summary>
    public bool IsWrittenWith(IEntityType part) =>
        !isOfSeveral && part.GetTableMappings().Any(mapping => mapping.Table == table);

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
