using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Benchmarks;

/// <summary>One way to get committed rows onto RabbitMQ: ours, or what a user would pick instead.</summary>
internal abstract class Side(string name, BenchmarkDatabase database) : IAsyncDisposable
{
    /// <summary>The header that says which row a message is of, on every side.</summary>
    public const string KeyHeader = "modelevents-key";

    /// <summary>The heading of the side's column.</summary>
    public string Name => name;

    /// <summary>Where it saves.</summary>
    public BenchmarkDatabase Database => database;

    /// <summary>Whether the caller's save ends before the message is published.</summary>
    public virtual bool DeliversLater => false;

    protected abstract IServiceProvider Services { get; }

    /// <summary>Starts what delivers in the background, where the side has such.</summary>
    public virtual Task StartAsync() => Task.CompletedTask;

    public virtual Task StopAsync() => Task.CompletedTask;

    public async Task<Saved> SaveAsync(int rows, Func<object> newRow)
    {
        await using var scope = Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BenchmarkContext>();
        var added = new object[rows];
        for (var row = 0; row < rows; row++)
            context.Add(added[row] = newRow());
        var milliseconds = await Median.MillisecondsAsync(() => SaveAsync(context, added));
        return new Saved(milliseconds, context.SavedAt);
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task SaveAsync(BenchmarkContext context, IReadOnlyList<object> added);
}
