using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.Tables;

/// <summary>
/// A context of added tables alone, on the connection and in the transaction of a user's context, so that the user's
/// change tracker, query filters and interceptors, and our own, have no part in it.
/// </summary>
internal abstract class TablesContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>Takes part in the transaction that <paramref name="user"/> has now, or leaves the one it had.</summary>
    public void Join(DbContext user) =>
        Database.UseTransaction(user.Database.CurrentTransaction?.GetDbTransaction());

    /// <summary>Options for <paramref name="tables"/>, which has the schema of one of its rows in the user's model.</summary>
    protected static DbContextOptions OptionsOf(DbContext user, AddedTables tables)
    {
        var options = new DbContextOptionsBuilder();
        var builder = (IDbContextOptionsBuilderInfrastructure)options;

        // A retrying strategy would refuse the user's transaction; whoever began it retries as a whole, and must see what was
        // thrown, which a provider's own default may wrap.
        var provider = user.GetService<IDbContextOptions>().Extensions.OfType<RelationalOptionsExtension>().Single();
        builder.AddOrUpdateExtension(provider.WithExecutionStrategyFactory(
            static dependencies => new NonRetryingExecutionStrategy(dependencies)));
        builder.AddOrUpdateExtension(tables);

        // The user's context says whether that is a mistake.
        options.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
        return options.Options;
    }

    protected void UseConnectionOf(DbContext user)
    {
        ChangeTracker.AutoDetectChangesEnabled = false;
        Database.AutoSavepointsEnabled = false;

        // Of a transaction that the connection is enlisted in EF Core would not know, and begin another one inside of it.
        if (UserTransaction.Ambient(user) is not null)
            Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        Database.SetDbConnection(user.Database.GetDbConnection());
        Database.SetCommandTimeout(user.Database.GetCommandTimeout());
        Join(user);
    }
}
