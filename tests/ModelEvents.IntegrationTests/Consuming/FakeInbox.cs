using System.Collections.Concurrent;
using ModelEvents.Consuming;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Consuming;

/// <summary>An inbox in memory, made in a scope as the real one is.</summary>
internal sealed class FakeInbox(FakeInbox.Entries entries, object context) : IInbox
{
    public async Task<InboxOutcome> HandleAsync(
        InboxMessage message, Func<CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        entries.LastContext = context;
        var entry = (message.Consumer, message.Event.Id);
        if (!entries.Handled.TryAdd(entry, message.Event))
        {
            entries.Called();
            return InboxOutcome.Duplicate;
        }

        try
        {
            await handle(cancellationToken);
            entries.Called();
            return InboxOutcome.Handled;
        }
        catch
        {
            entries.Handled.TryRemove(entry, out _);
            throw;
        }
    }

    /// <summary>What all inboxes of a test remember.</summary>
    public sealed class Entries
    {
        private int _calls;

        public ConcurrentDictionary<(string Consumer, Guid Id), ReceivedEvent> Handled { get; } = [];

        public object? LastContext { get; set; }

        public void Called() => Interlocked.Increment(ref _calls);

        public Task WaitForAsync(int calls) =>
            Eventually.TrueAsync(() => Volatile.Read(ref _calls) >= calls, () => $"{_calls} of {calls} calls");
    }
}
