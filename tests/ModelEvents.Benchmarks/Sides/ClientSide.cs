using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Benchmarks;

/// <summary>Publishing with RabbitMQ.Client after the save, and waiting for the confirms. A crash between loses events.</summary>
internal sealed class ClientSide(BenchmarkDatabase database, ConfirmedPublisher publisher)
    : Side("RabbitMQ.Client after the save", database)
{
    private readonly ServiceProvider _services = database.PlainServices().BuildServiceProvider();

    protected override IServiceProvider Services => _services;

    public override async ValueTask DisposeAsync()
    {
        await publisher.DisposeAsync();
        await _services.DisposeAsync();
    }

    protected override async Task SaveAsync(BenchmarkContext context, IReadOnlyList<object> added)
    {
        await context.SaveChangesAsync();
        await publisher.PublishAsync(added.Select(RowMessage.Of));
    }
}
