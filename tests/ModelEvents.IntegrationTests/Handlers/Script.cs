using System.Collections.Concurrent;

namespace ModelEvents.Tests.Handlers;

/// <summary>What a handler does, and what it was asked and called for.</summary>
internal sealed class Script
{
    private readonly ConcurrentQueue<ModelEvent> _handled = [];
    private readonly ConcurrentQueue<object> _instances = [];
    private int _calls;

    public Func<string, bool> Wants { get; set; } = _ => true;

    public Func<ModelEvent, CancellationToken, Task> Handle { get; set; } = (_, _) => Task.CompletedTask;

    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>How often it was called, whether it failed or not.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public IReadOnlyList<ModelEvent> Handled => [.. _handled];

    public IReadOnlyList<string> Keys => [.. Handled.Select(e => e.Key)];

    public IReadOnlyList<string> Names => [.. Handled.Select(e => e.Name)];

    /// <summary>What it was called on.</summary>
    public IReadOnlyList<object> Instances => [.. _instances];

    public bool IsWanted(string eventName)
    {
        Asked.Enqueue(eventName);
        return Wants(eventName);
    }

    public async Task HandleAsync(object instance, ModelEvent e, CancellationToken ct)
    {
        Interlocked.Increment(ref _calls);
        _instances.Enqueue(instance);
        await Handle(e, ct);
        _handled.Enqueue(e);
    }
}
