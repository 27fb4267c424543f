using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Tests.SameSave;

/// <summary>The tables of a family, those of ModelEvents aside.</summary>
internal sealed class FamilyTables
{
    private readonly string _text;
    private DbCommand? _select;

    public FamilyTables(DbContext context)
    {
        var sql = context.GetService<ISqlGenerationHelper>();
        All =
        [
            .. context.Model.GetRelationalModel().Tables
                .Where(table => !table.Name.StartsWith("model_events", StringComparison.Ordinal))
                .OrderBy(table => table.Name, StringComparer.Ordinal),
        ];
        _text = string.Concat(All.Select(table =>
        {
            var columns = table.PrimaryKey!.Columns.Concat(table.Columns.Except(table.PrimaryKey.Columns))
                .Select(column => sql.DelimitIdentifier(column.Name));
            return $"SELECT {string.Join(", ", columns)} FROM {sql.DelimitIdentifier(table.Name)};\n";
        }));
        Clear = context.Database.IsNpgsql()
            ? $"TRUNCATE {string.Join(", ", All.Select(table => sql.DelimitIdentifier(table.Name)))} RESTART IDENTITY"
            : "PRAGMA foreign_keys = OFF;\n"
                + string.Concat(All.Select(table => $"DELETE FROM {sql.DelimitIdentifier(table.Name)};\n"))
                + "DELETE FROM sqlite_sequence;\nPRAGMA foreign_keys = ON;\n";
    }

    public IReadOnlyList<ITable> All { get; }

    public string Clear { get; }

    /// <summary>Reads all of them. The same command for the same connection, which has prepared it then.</summary>
    public DbCommand SelectOn(DbConnection connection)
    {
        if (_select?.Connection != connection)
        {
            _select = connection.CreateCommand();
            _select.CommandText = _text;
        }

        return _select;
    }
}
