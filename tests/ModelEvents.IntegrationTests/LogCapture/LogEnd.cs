using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Reads the log of a captured context to its end: up to a mark that is written after all that is to be read.</summary>
internal static class LogEnd
{
    private static readonly EventName Mark = EventName.Declare("log_end.mark", "Written by tests at the end of the log.");

    /// <summary>Takes the events of everything that is committed, in the order of the log.</summary>
    public static async Task<IReadOnlyList<ModelEvent>> TakeEventsAsync(IServiceProvider services)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var mark = $"{Guid.CreateVersion7()}";
        await using (var scope = services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<IModelEvents>().TriggerAsync(Mark, key: mark, cancellationToken: cancellation);

        await using var session = await services.GetRequiredService<IOutboxReader>().OpenAsync(cancellation);
        var events = new List<ModelEvent>();
        while (!events.Exists(one => one.Key == mark))
        {
            ModelEvent[] claimed =
                [.. (await session.ClaimAsync(LaneSlice.All, 10_000, cancellation)).Select(entry => entry.Event)];
            await session.CompleteAsync(LaneSlice.All, claimed, [], cancellation);
            events.AddRange(claimed);
            if (claimed.Length == 0)
                await session.WaitAsync(LaneSlice.All, TimeSpan.FromSeconds(1), cancellation);
        }

        return [.. events.Where(one => one.Name != Mark).OrderBy(one => one.Sequence)];
    }
}
