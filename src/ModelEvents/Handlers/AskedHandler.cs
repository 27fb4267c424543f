using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Handlers;

/// <summary>The instance of a handler that is asked which events it wants. Made when it is asked first.</summary>
internal sealed class AskedHandler(HandlerType handler, IServiceScopeFactory scopes) : IAsyncDisposable, IDisposable
{
    private readonly Lock _making = new();
    private AsyncServiceScope? _scope;
    private volatile IEventHandler? _instance;

    public string Name => handler.Name;

    public bool Wants(string eventName) => (_instance ?? Make()).Wants(eventName);

    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;

    public void Dispose() => _scope?.Dispose();

    private IEventHandler Make()
    {
        lock (_making)
        {
            _scope ??= scopes.CreateAsyncScope();
            return _instance ??= (IEventHandler)_scope.Value.ServiceProvider.GetRequiredService(handler.Type);
        }
    }
}
