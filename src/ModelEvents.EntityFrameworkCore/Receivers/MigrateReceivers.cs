using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Receivers;

/// <summary>Calls receivers around a migration.</summary>
internal sealed class MigrateReceivers(LifeCycleReceivers<IBeforeMigrate> before, LifeCycleReceivers<IAfterMigrate> after)
{
    public bool Any => before.Any || after.Any;

    public T Around<T>(DbContext context, bool isMigration, string? target, Func<T> migrate)
    {
        MigrateContext[] migration = [new MigrateContext(context, isMigration, target)];
        before.Call(migration, (receiver, one) => receiver.BeforeMigrateAsync(one, CancellationToken.None));
        var result = migrate();
        after.Call(migration, (receiver, one) => receiver.AfterMigrateAsync(one, CancellationToken.None));
        return result;
    }

    public async Task<T> AroundAsync<T>(
        DbContext context, bool isMigration, string? target, Func<Task<T>> migrate, CancellationToken cancellationToken)
    {
        MigrateContext[] migration = [new MigrateContext(context, isMigration, target)];
        await before.CallAsync(migration, (receiver, one) => receiver.BeforeMigrateAsync(one, cancellationToken))
            .ConfigureAwait(false);
        var result = await migrate().ConfigureAwait(false);
        await after.CallAsync(migration, (receiver, one) => receiver.AfterMigrateAsync(one, cancellationToken))
            .ConfigureAwait(false);
        return result;
    }
}
