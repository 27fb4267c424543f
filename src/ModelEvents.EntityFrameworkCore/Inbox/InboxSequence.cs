using System.Security.Cryptography;
using System.Text;
using ModelEvents.Consuming;

namespace ModelEvents.Inbox;

/// <summary>The last event of a model and key that a consumer handled.</summary>
internal sealed class InboxSequence
{
    /// <summary>
    /// A hash of who and what it is: keys can be longer than what a provider indexes, and differ only in what a provider's
    /// collation calls equal.
    /// </summary>
    public Guid Id { get; set; }

    public string Consumer { get; set; } = "";

    /// <summary>The publishing service: others may have a model of the same name.</summary>
    public string Service { get; set; } = "";

    public string Model { get; set; } = "";

    public string Key { get; set; } = "";

    public long Sequence { get; set; }

    /// <summary>What <see cref="Sequence"/> was before, if anything.</summary>
    public long? PreviousSequence { get; set; }

    /// <summary>When the instance was deleted, after which nobody needs the row for long.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public static InboxSequence Of(InboxMessage message, DateTimeOffset? deletedAt) => new()
    {
        Id = IdOf(message),
        Consumer = message.Consumer,
        Service = message.Event.Service,
        Model = message.Event.Model,
        Key = message.Event.Key,
        Sequence = message.Event.Sequence,
        DeletedAt = deletedAt,
    };

    public static Guid IdOf(InboxMessage message)
    {
        var parts = string.Join('\0', message.Consumer, message.Event.Service, message.Event.Model, message.Event.Key);
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(parts)).AsSpan(0, 16));
    }
}
