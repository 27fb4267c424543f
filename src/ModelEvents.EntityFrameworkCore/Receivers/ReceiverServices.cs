using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Receivers;

/// <summary>
/// Where receivers come from during one save: the scope that the context came from or, where that is the whole program
/// (pools, factories) or unknown, a scope of the save.
/// </summary>
internal sealed class ReceiverServices(DbContext context, IServiceProvider root) : IDisposable, IAsyncDisposable
{
    private AsyncServiceScope? _scope;
    private IServiceProvider? _provider;

    public object Get(Type receiver) => (_provider ??= Find()).GetRequiredService(receiver);

    public void Dispose() => _scope?.Dispose();

    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IServiceProvider Find()
    {
        var own = context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider
            ?.GetService<IServiceProvider>();
        if (own is not null && !ReferenceEquals(own, root))
            return own;

        _scope = root.CreateAsyncScope();
        return _scope.Value.ServiceProvider;
    }
}
