using System.Collections.Concurrent;
using MassTransit;
using ModelEvents.Consuming;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Consuming;

/// <summary>What the consumers of a test were called with, and what they do then.</summary>
internal sealed class Consumed
{
    private readonly ConcurrentQueue<(string Consumer, object Message, ReceivedEvent? Event)> _calls = [];

    /// <summary>Called by each consumer, after it is noted.</summary>
    public Func<ConsumeContext, Task> Handle { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<(string Consumer, object Message, ReceivedEvent? Event)> Calls => [.. _calls];

    public IEnumerable<T> Messages<T>() => Calls.Select(call => call.Message).OfType<T>();

    public IEnumerable<object> By<TConsumer>() =>
        Calls.Where(call => call.Consumer == typeof(TConsumer).Name).Select(call => call.Message);

    public Task NoteAsync<T>(object consumer, ConsumeContext<T> context)
        where T : class
    {
        context.TryGetModelEvent(out var received);
        _calls.Enqueue((consumer.GetType().Name, context.Message, received));
        return Handle(context);
    }

    public async Task<IReadOnlyList<(string Consumer, object Message, ReceivedEvent? Event)>> WaitForAsync(int count)
    {
        await Eventually.TrueAsync(
            () => _calls.Count >= count, () => $"{count} calls expected, seen: {string.Join("; ", _calls)}");
        return Calls;
    }
}
