using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Outbox;

/// <summary>
/// A captured context of one's own with its connection open, made as the user's code makes it, so that data sources,
/// passwords and connection interceptors are honoured.
/// </summary>
internal sealed class ContextScope : IAsyncDisposable
{
    private readonly AsyncServiceScope _scope;

    private ContextScope(AsyncServiceScope scope, DbContext context) => (_scope, Context) = (scope, context);

    public DbContext Context { get; }

    public static async Task<ContextScope> OpenAsync(
        IServiceScopeFactory scopes, Type contextType, CancellationToken cancellationToken, Action<DbContext>? configure = null)
    {
        var scope = scopes.CreateAsyncScope();

        try
        {
            var context = (DbContext)scope.ServiceProvider.GetRequiredService(contextType);
            configure?.Invoke(context);
            await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            return new ContextScope(scope, context);
        }
        catch
        {
            await scope.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Context.Database.CloseConnectionAsync().ConfigureAwait(false);
        await _scope.DisposeAsync().ConfigureAwait(false);
    }
}
