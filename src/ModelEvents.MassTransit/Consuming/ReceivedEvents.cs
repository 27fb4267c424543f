using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ModelEvents.Models;

namespace ModelEvents.Consuming;

/// <summary>Reads the event of a message from its properties and headers, strictly: what is there must be what we write.</summary>
internal static class ReceivedEvents
{
    public static ReceivedEvent Read(ReceivedMessage message) =>
        TryRead(message, out var received, out var mistake) ? received : throw new InvalidOperationException(mistake);

    public static bool TryRead(
        ReceivedMessage message,
        [NotNullWhen(true)] out ReceivedEvent? received,
        [NotNullWhen(false)] out string? mistake)
    {
        mistake = FindMistake(message);
        received = mistake is null ? Of(message) : null;
        return received is not null;
    }

    /// <summary>The event of a publisher other than ModelEvents: it has no more than an id and a name.</summary>
    public static ReceivedEvent ReadForeign(ReceivedMessage message, string service)
    {
        if (string.IsNullOrEmpty(message.MessageId))
            throw new InvalidOperationException(
                $"The message '{PlainText.InLog(message.Name)}' has no message id, so the inbox cannot tell whether it was handled before. "
                + "Have its publisher set one, or receive it on an endpoint without 'UseInbox'.");

        return new ReceivedEvent
        {
            Id = Guid.TryParse(message.MessageId, out var id) ? id : IdOf(service, message.MessageId),
            Name = message.Name,
            Service = service,
            Model = "",
            Key = "",
            Action = null,
            Sequence = 0,
            OccurredAt = message.Timestamp ?? DateTimeOffset.UnixEpoch,
        };
    }

    private static string? FindMistake(ReceivedMessage message)
    {
        if (Array.Find(Required(message), header => !message.Has(header)) is { } missing)
            return $"The message '{PlainText.InLog(message.Name)}' has no header '{missing}', so it is not an event of ModelEvents. "
                + "Use 'TryGetModelEvent' where messages of other publishers arrive.";

        return Malformed(message) is { } malformed
            ? $"The message '{PlainText.InLog(message.Name)}' has no valid {malformed}. Look at what published it or moved it between queues."
            : null;
    }

    /// <summary>An own event has neither model nor action.</summary>
    private static string[] Required(ReceivedMessage message) => IsOwn(message)
        ? [EventHeaders.Key, EventHeaders.Sequence]
        : [EventHeaders.Model, EventHeaders.Action, EventHeaders.Key, EventHeaders.Sequence];

    private static bool IsOwn(ReceivedMessage message) =>
        message.Has(EventHeaders.Sequence) && !message.Has(EventHeaders.Model) && !message.Has(EventHeaders.Action);

    private static string? Malformed(ReceivedMessage message) => message switch
    {
        _ when message.Text(EventHeaders.Model) is null && !IsOwn(message) => $"header '{EventHeaders.Model}'",
        _ when message.Text(EventHeaders.Key) is null => $"header '{EventHeaders.Key}'",
        _ when ActionOf(message) is null && !IsOwn(message) => $"header '{EventHeaders.Action}'",
        _ when message.Number(EventHeaders.Sequence) is null => $"header '{EventHeaders.Sequence}'",
        _ when message.Has(EventHeaders.PreviousSequence) && message.Number(EventHeaders.PreviousSequence) is null =>
            $"header '{EventHeaders.PreviousSequence}'",
        _ when !Guid.TryParse(message.MessageId, out _) => "property 'message_id'",
        _ when string.IsNullOrEmpty(message.AppId) => "property 'app_id'",
        _ when message.Timestamp is null => "property 'timestamp'",
        _ => null,
    };

    private static ReceivedEvent Of(ReceivedMessage message) => new()
    {
        Id = Guid.Parse(message.MessageId!),
        Name = message.Name,
        Service = message.AppId!,
        Model = message.Text(EventHeaders.Model) ?? "",
        Key = message.Text(EventHeaders.Key)!,
        Action = ActionOf(message),
        Sequence = message.Number(EventHeaders.Sequence)!.Value,
        PreviousSequence = message.Number(EventHeaders.PreviousSequence),
        ChangedProperties = message.Text(EventHeaders.Changed) switch
        {
            "*" => null,
            null or "" => [],
            var names => names.Split(','),
        },
        PreviousStatus = message.Text(EventHeaders.PreviousStatus),
        OccurredAt = message.Timestamp!.Value,
    };

    private static ChangeAction? ActionOf(ReceivedMessage message)
    {
        var word = message.Text(EventHeaders.Action);
        foreach (var action in Enum.GetValues<ChangeAction>())
        {
            if (word == EventNames.Word(action))
                return action;
        }

        return null;
    }

    /// <summary>An id that is the same each time for a message id that is no UUID, and another one for each service.</summary>
    private static Guid IdOf(string service, string messageId) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{service}\n{messageId}")).AsSpan(0, 16));
}
