using System.Collections.Concurrent;

namespace Shop.Billing;

/// <summary>Something that each bill needs and that is away at first: it fails the first tries of each event.</summary>
internal sealed class Bank(int failures)
{
    private readonly ConcurrentDictionary<Guid, int> _tries = [];

    public void Tell(Guid eventId)
    {
        var number = _tries.AddOrUpdate(eventId, 1, (_, tries) => tries + 1);
        if (number > failures)
            return;

        Console.WriteLine($"The bank does not answer, try {number}");
        throw new TimeoutException($"The bank does not answer to event '{eventId}'. Try again later.");
    }
}
