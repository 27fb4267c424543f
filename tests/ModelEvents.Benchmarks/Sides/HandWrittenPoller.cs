using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Benchmarks;

/// <summary>Reads a hundred messages, publishes them, deletes them; looks once a second when there are none.</summary>
internal sealed class HandWrittenPoller(IServiceProvider services, BenchmarkSettings settings)
{
    private const int BatchSize = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        await using var publisher = await ConfirmedPublisher.ConnectAsync(settings);
        while (!stopping.IsCancellationRequested)
        {
            if (await DeliverAsync(publisher) < BatchSize)
                await Task.Delay(Interval, stopping);
        }
    }

    private async Task<int> DeliverAsync(ConfirmedPublisher publisher)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BenchmarkContext>();
        await using var transaction = await context.Database.BeginTransactionAsync();
        var messages = await context.HandWrittenMessages
            .FromSql($"SELECT * FROM \"HandWrittenMessages\" ORDER BY \"Id\" LIMIT {BatchSize} FOR UPDATE SKIP LOCKED")
            .ToListAsync();
        await publisher.PublishAsync(messages);
        context.HandWrittenMessages.RemoveRange(messages);
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
        return messages.Count;
    }
}
