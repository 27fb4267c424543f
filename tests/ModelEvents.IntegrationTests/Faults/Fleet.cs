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

    /// <summary>Does the same with all services at a time; tells of each that fails what is known of it.</summary>
    internal async Task AllAsync(Func<ParcelService, Task> act)
    {
        var failures = await Task.WhenAll(_services.Select((_, index) => FailureAsync(index, act)));
        if (failures.OfType<string>().ToList() is { Count: > 0 } told)
            Assert.Fail(string.Join("\n\n", told));
    }

    private async Task<string?> FailureAsync(int index, Func<ParcelService, Task> act)
    {
        var service = _services[index];
        try
        {
            await act(service);
            return null;
        }
        catch (Exception exception)
        {
            var lines = index < _workers.Count ? _workers[index].LastLines : [];
            return $"{service}: {exception}\n{await service.Queue.DescribeAsync()}; its worker said last:\n"
                + string.Join('\n', lines);
        }
    }
}
