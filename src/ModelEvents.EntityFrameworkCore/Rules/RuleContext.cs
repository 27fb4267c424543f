using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.Rules;

/// <summary>
/// The tables of rules as a user's context maps them, on its connection and in its transaction, so that its change tracker
/// and its interceptors have no part in what is written here. On a provider that is not relational: in its database.
/// </summary>
internal sealed class RuleContext : DbContext
{
    private readonly DbContext _user;

    private RuleContext(DbContext user)
        : base(OptionsOf(user)) => _user = user;

    public IQueryable<TriggerRule> Rules => Set<TriggerRule>().IgnoreQueryFilters();

    public IQueryable<TriggerEvent> Events => Set<TriggerEvent>().IgnoreQueryFilters();

    public static RuleContext On(DbContext user)
    {
        UserTransaction.ThrowIfLost(user);
        if (user.Database.IsRelational())
            user.Database.OpenConnection();

        return Join(user);
    }

    public static async Task<RuleContext> OnAsync(DbContext user, CancellationToken cancellationToken)
    {
        UserTransaction.ThrowIfLost(user);
        if (user.Database.IsRelational())
            await user.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

        return Join(user);
    }

    /// <summary>
    /// Adds a row. Where the model's instances tell of their changes, as proxies do, EF Core takes no other: it gets a copy
    /// that it has made itself.
    /// </summary>
    public void AddRow<T>(T row)
        where T : class
    {
        var type = Model.FindEntityType(typeof(T))!;
        if (type.GetChangeTrackingStrategy() is ChangeTrackingStrategy.Snapshot)
        {
            Add(row);
            return;
        }

        var make = this.GetService<IStructuralTypeMaterializerSource>().GetEmptyMaterializer(type);
        var added = Entry(make(new MaterializationContext(ValueBuffer.Empty, this)));
        added.CurrentValues.SetValues(row);
        added.State = EntityState.Added;
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_user.Database.IsRelational())
            _user.Database.CloseConnection();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        if (_user.Database.IsRelational())
            await _user.Database.CloseConnectionAsync().ConfigureAwait(false);
    }

    private static RuleContext Join(DbContext user)
    {
        var context = new RuleContext(user);
        if (!user.Database.IsRelational())
            return context;

        // Of a transaction that the connection is enlisted in EF Core would not know, and begin another one inside of it.
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        context.Database.AutoSavepointsEnabled = false;
        context.Database.SetDbConnection(user.Database.GetDbConnection());
        context.Database.SetCommandTimeout(user.Database.GetCommandTimeout());
        context.Database.UseTransaction(user.Database.CurrentTransaction?.GetDbTransaction());
        return context;
    }

    /// <summary>The user's own options and model: a provider that keeps its data in memory finds the same data by them.</summary>
    private static DbContextOptions<RuleContext> OptionsOf(DbContext user) =>
        new(user.GetService<IDbContextOptions>().Extensions.ToDictionary(
            extension => extension.GetType(),
            extension => extension switch
            {
                // With the program's services EF Core would look this up under the derived type, and not find the same data.
                CoreOptionsExtension core => new WithoutInterceptors(core)
                    .WithModel(user.Model)
                    .WithApplicationServiceProvider(null)
                    .WithQueryTrackingBehavior(QueryTrackingBehavior.TrackAll),
                // A retrying strategy would refuse the user's transaction; whoever began it retries as a whole.
                RelationalOptionsExtension relational => relational.WithExecutionStrategyFactory(null),
                _ => extension,
            }));

    private sealed class WithoutInterceptors(CoreOptionsExtension core) : CoreOptionsExtension(core)
    {
        public override IEnumerable<IInterceptor>? Interceptors => null;

        protected override CoreOptionsExtension Clone() => new WithoutInterceptors(this);
    }
}
