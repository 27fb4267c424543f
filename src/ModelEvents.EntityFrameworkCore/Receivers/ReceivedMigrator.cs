using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ModelEvents.Receivers;

/// <summary>The database provider's migrator, with receivers before and after it.</summary>
internal sealed class ReceivedMigrator(IMigrator migrator, DbContext context, MigrateReceivers receivers) : IMigrator
{
    public void Migrate(string? targetMigration = null) => receivers.Around(
        context,
        isMigration: true,
        targetMigration,
        () =>
        {
            migrator.Migrate(targetMigration);
            return true;
        });

    public Task MigrateAsync(string? targetMigration = null, CancellationToken cancellationToken = default) =>
        receivers.AroundAsync(
            context,
            isMigration: true,
            targetMigration,
            async () =>
            {
                await migrator.MigrateAsync(targetMigration, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    public string GenerateScript(
        string? fromMigration = null,
        string? toMigration = null,
        MigrationsSqlGenerationOptions options = MigrationsSqlGenerationOptions.Default) =>
        migrator.GenerateScript(fromMigration, toMigration, options);

    public bool HasPendingModelChanges() => migrator.HasPendingModelChanges();
}
