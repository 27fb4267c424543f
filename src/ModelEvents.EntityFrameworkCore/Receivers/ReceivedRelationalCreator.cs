using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Receivers;

/// <summary>The same for a relational provider, whose migrator expects one of these.</summary>
internal sealed class ReceivedRelationalCreator(
    IRelationalDatabaseCreator creator, DbContext context, MigrateReceivers receivers)
    : ReceivedCreator(creator, context, receivers), IRelationalDatabaseCreator
{
    public bool Exists() => creator.Exists();

    public Task<bool> ExistsAsync(CancellationToken cancellationToken = default) => creator.ExistsAsync(cancellationToken);

    public bool HasTables() => creator.HasTables();

    public Task<bool> HasTablesAsync(CancellationToken cancellationToken = default) =>
        creator.HasTablesAsync(cancellationToken);

    public void Create() => creator.Create();

    public Task CreateAsync(CancellationToken cancellationToken = default) => creator.CreateAsync(cancellationToken);

    public void Delete() => creator.Delete();

    public Task DeleteAsync(CancellationToken cancellationToken = default) => creator.DeleteAsync(cancellationToken);

    public void CreateTables() => creator.CreateTables();

    public Task CreateTablesAsync(CancellationToken cancellationToken = default) =>
        creator.CreateTablesAsync(cancellationToken);

    public string GenerateCreateScript() => creator.GenerateCreateScript();
}
