using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tables;

namespace ModelEvents.Outbox;

/// <summary>The outbox tables of a user's context.</summary>
internal sealed class OutboxContext(DbContextOptions options) : TablesContext(options)
{
    // Not as DbSet: EF Core would take that for a mapping of its own, beside the convention's.
    public IQueryable<OutboxRow> Rows => Set<OutboxRow>();

    public IQueryable<LaneLease> Leases => Set<LaneLease>();

    public IQueryable<PackRow> Packs => Set<PackRow>();

    public static OutboxContext On(DbContext user)
    {
        var row = OutboxModel.RowOf(user);
        var tables = OutboxModel.Asked(user.GetService<IDbContextOptions>())!;
        var context = new OutboxContext(
            OptionsOf(user, tables with { Table = row.GetTableName()!, Schema = row.GetSchema() }));
        context.UseConnectionOf(user);
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
}
