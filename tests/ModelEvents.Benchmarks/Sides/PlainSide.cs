using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Benchmarks;

/// <summary>The save alone: nothing is published.</summary>
internal sealed class PlainSide(BenchmarkDatabase database) : Side("plain", database)
{
    private readonly ServiceProvider _services = database.PlainServices().BuildServiceProvider();

    protected override IServiceProvider Services => _services;

    public override ValueTask DisposeAsync() => _services.DisposeAsync();

    protected override Task SaveAsync(BenchmarkContext context, IReadOnlyList<object> added) =>
        context.SaveChangesAsync();
}
