namespace ModelEvents.Tests.Faults;

/// <summary>
/// A service with a worker for every way from the database to the broker, side by side, so that one fault hits them all.
/// </summary>
public sealed class Fleet : IAsyncLifetime
{
    private readonly List<ParcelService> _services = [];
    private readonly List<WorkerProcess> _workers = [];

    internal IReadOnlyList<ParcelService> Services => _services;

    internal IReadOnlyList<WorkerProcess> Workers => _workers;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        foreach (var (delivery, publisher, capture) in Ways.All)
        {
            var service = await ParcelService.StartAsync(delivery, publisher, capture);
            _services.Add(service);
            _workers.Add(service.StartWorker());
            await service.SaveRoundsAsync(1);
        }

        await AllAsync(service => service.DeliveredAsync());
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        foreach (var service in _services)
            await service.DisposeAsync();
    }

    /// <summary>Does the same with all services at a time, and names the one that fails.</summary>
    internal Task AllAsync(Func<ParcelService, Task> act) => Task.WhenAll(_services.Select(async service =>
    {
        try
        {
            await act(service);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{service}: {exception.Message}", exception);
        }
    }));
}
