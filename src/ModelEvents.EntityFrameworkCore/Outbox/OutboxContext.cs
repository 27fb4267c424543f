using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Outbox;

/// <summary>
/// A context of the outbox tables alone, on the connection and in the transaction of a user's context, so that the user's
/// change tracker, query filters and interceptors, and our own, have no part in it.
/// </summary>
internal sealed class OutboxContext(DbContextOptions<OutboxContext> options) : DbContext(options)
{
    // Not as DbSet: EF Core would take that for a mapping of its own, beside the convention's.
    public IQueryable<OutboxRow> Rows => Set<OutboxRow>();

    public IQueryable<LaneLease> Leases => Set<LaneLease>();

    public static OutboxContext On(DbContext user)
    {
        var context = new OutboxContext(OptionsOf(user)) { ChangeTracker = { AutoDetectChangesEnabled = false } };
        context.Database.AutoSavepointsEnabled = false;
        context.Database.SetDbConnection(user.Database.GetDbConnection());
        context.Database.SetCommandTimeout(user.Database.GetCommandTimeout());

        if (user.Database.CurrentTransaction is { } transaction)
            context.Database.UseTransaction(transaction.GetDbTransaction());

        return context;
    }

    /// <summary>Runs <paramref name="work"/> on a connection of its own.</summary>
    public static async Task<T> RunAsync<T>(
        IServiceScopeFactory scopes,
        Type contextType,
        Func<OutboxContext, Task<T>> work,
        CancellationToken cancellationToken)
    {
        var scope = await ContextScope.OpenAsync(scopes, contextType, cancellationToken).ConfigureAwait(false);
        await using var closing = scope.ConfigureAwait(false);
        using var context = On(scope.Context);
        return await work(context).ConfigureAwait(false);
    }

    private static DbContextOptions<OutboxContext> OptionsOf(DbContext user)
    {
        var given = user.GetService<IDbContextOptions>();
        var row = OutboxModel.RowOf(user);
        var options = new DbContextOptionsBuilder<OutboxContext>();
        var builder = (IDbContextOptionsBuilderInfrastructure)options;

        // A retrying strategy would refuse the user's transaction; whoever began it retries as a whole.
        var provider = given.Extensions.OfType<RelationalOptionsExtension>().Single();
        builder.AddOrUpdateExtension(provider.WithExecutionStrategyFactory(null));
        builder.AddOrUpdateExtension(given.FindExtension<OutboxModelExtension>()! with { Schema = row.GetSchema() });
        return options.Options;
    }
}
