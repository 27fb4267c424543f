using Microsoft.Extensions.DependencyInjection;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>One use of a context.</summary>
internal sealed class ParcelScope(AsyncServiceScope scope) : IAsyncDisposable
{
    public ParcelContext Context { get; } = scope.ServiceProvider.GetRequiredService<ParcelContext>();

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}
