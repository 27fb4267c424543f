using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Tests.SameSave;

/// <summary>All rows of a family's tables.</summary>
internal sealed class Rows
{
    private readonly Dictionary<(string Table, string Key), string> _rows = [];
    private readonly Dictionary<(string Table, string Key), string> _contents = [];

    public static async Task<Rows> ReadAsync(DbConnection connection, FamilyTables tables)
    {
        var rows = new Rows();
        await using var reader = await tables.SelectOn(connection).ExecuteReaderAsync();
        foreach (var table in tables.All)
        {
            while (await reader.ReadAsync())
                rows.Add(table, reader);
            await reader.NextResultAsync();
        }

        return rows;
    }

    public string Text => string.Join('\n', _rows.Select(row => $"{row.Key.Table}: {row.Value}").Order(StringComparer.Ordinal));

    /// <summary>Whether the row of an instance is not what it was, its concurrency token aside.</summary>
    public bool Differs(Rows before, IEntityType type, string key) => type.GetTableMappings().Any(mapping =>
        _contents.GetValueOrDefault((mapping.Table.Name, key)) != before._contents.GetValueOrDefault((mapping.Table.Name, key)));

    public bool Has(IEntityType type, string key) =>
        type.GetTableMappings().Any(mapping => _rows.ContainsKey((mapping.Table.Name, key)));

    /// <summary>Whether there is a row of a type or of one derived from it.</summary>
    public bool HasAny(IEntityType type) => type.GetDerivedTypesInclusive().SelectMany(one => one.GetTableMappings())
        .Any(mapping => _rows.Keys.Any(row => row.Table == mapping.Table.Name));

    /// <summary>A key as one text, which is the same for what the database returns and what an instance has.</summary>
    public static string KeyOf(IEnumerable<object?> values) =>
        string.Join('/', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))).ToUpperInvariant();

    private void Add(ITable table, DbDataReader reader)
    {
        var (row, contents) = (new StringBuilder(), new StringBuilder());
        for (var column = 0; column < reader.FieldCount; column++)
        {
            var text = reader.IsDBNull(column) ? "null" : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture);
            row.Append(text).Append(' ');
            if (reader.GetName(column) != "Token")
                contents.Append(text).Append(' ');
        }

        var key = KeyOf(Enumerable.Range(0, table.PrimaryKey!.Columns.Count).Select(reader.GetValue));
        _rows.Add((table.Name, key), row.ToString());
        _contents.Add((table.Name, key), contents.ToString());
    }
}
