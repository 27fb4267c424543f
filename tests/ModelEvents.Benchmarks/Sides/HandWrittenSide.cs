using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Benchmarks;

/// <summary>
/// The outbox that one writes in an afternoon: an entity more in the same save, and a poller. Where the database makes
/// the key the message can only be written once the row is, so that there are two saves in a transaction.
/// </summary>
internal sealed class HandWrittenSide(BenchmarkDatabase database, BenchmarkSettings settings)
    : Side("polling outbox by hand", database)
{
    private readonly ServiceProvider _services = database.PlainServices().BuildServiceProvider();
    private CancellationTokenSource? _stopping;
    private Task _polling = Task.CompletedTask;

    public override bool DeliversLater => true;

    protected override IServiceProvider Services => _services;

    public override Task StartAsync()
    {
        _stopping = new CancellationTokenSource();
        _polling = new HandWrittenPoller(_services, settings).RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public override async Task StopAsync()
    {
        await _stopping!.CancelAsync();
        await _polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    public async Task FillAsync(int count)
    {
        await Database.ExecuteAsync("TRUNCATE \"HandWrittenMessages\"");
        for (var filled = 0; filled < count; filled += 1000)
            await SaveAsync(Math.Min(1000, count - filled), () => new GuidRow());
    }

    public override ValueTask DisposeAsync() => _services.DisposeAsync();

    protected override async Task SaveAsync(BenchmarkContext context, IReadOnlyList<object> added)
    {
        if (added[0] is GuidRow)
        {
            context.HandWrittenMessages.AddRange(added.Select(RowMessage.Of));
            await context.SaveChangesAsync();
            return;
        }

        await using var transaction = await context.Database.BeginTransactionAsync();
        await context.SaveChangesAsync();
        context.HandWrittenMessages.AddRange(added.Select(RowMessage.Of));
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
