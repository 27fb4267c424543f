namespace ModelEvents.Tests.Consuming;

/// <summary>Tests that have a service with a queue of their own.</summary>
public abstract class ReceiverTests : IAsyncLifetime
{
    internal Service Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Service.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
