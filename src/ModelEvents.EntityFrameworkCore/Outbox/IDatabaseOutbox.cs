using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Outbox;

/// <summary>An outbox in the saves' databases, of which some may be read by nobody (<see cref="SavedDatabases"/>).</summary>
internal interface IDatabaseOutbox : IOutbox
{
    /// <summary>Whether whoever reads shows by a sign that changes; otherwise any sign does.</summary>
    bool IsSignChanging { get; }

    /// <summary>The table that whoever reads is of, or <see langword="null"/> if it is the whole database.</summary>
    IEntityType? TableOf(DbContext context);

    /// <summary>
    /// The query for one value, a sign of whoever reads the outbox in the database and schema of <paramref name="context"/>:
    /// nothing where nobody does.
    /// </summary>
    string SignQuery(DbContext context);
}
