using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Outbox;

/// <summary>What tells one outbox from another: the connection with its database, and the table with its schema.</summary>
internal readonly record struct SavedDatabaseKey(string ConnectionString, string Database, string? Schema, string? Table)
{
    public static SavedDatabaseKey Of(DbConnection connection, IEntityType? table) =>
        new(connection.ConnectionString, connection.Database, table?.GetSchema(), table?.GetTableName());
}
