using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using ModelEvents.Consuming;

namespace ModelEvents.Inbox;

/// <summary>
/// The last event of a model and key that a consumer handled.
/// Public only for EF Core: its proxies derive from it, and its compiled models name it. Not to be used in code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class InboxSequence
{
    /// <summary>
    /// A hash of who and what it is: keys can be longer than what a provider indexes, and differ only in what a provider's
    /// collation calls equal.
    /// </summary>
    public virtual Guid Id { get; set; }

    /// <summary>The consumer.</summary>
    public virtual string Consumer { get; set; } = "";

    /// <summary>The publishing service: others may have a model of the same name.</summary>
    public virtual string Service { get; set; } = "";

    /// <summary>The model.</summary>
    public virtual string Model { get; set; } = "";

    /// <summary>The key of the instance.</summary>
    public virtual string Key { get; set; } = "";

    /// <summary>The sequence of the event.</summary>
    public virtual long Sequence { get; set; }

    /// <summary>What <see cref="Sequence"/> was before, if anything.</summary>
    public virtual long? PreviousSequence { get; set; }

    /// <summary>When the instance was deleted, after which nobody needs the row for long.</summary>
    public virtual DateTimeOffset? DeletedAt { get; set; }

    internal static InboxSequence Of(InboxMessage message, DateTimeOffset? deletedAt) => new()
    {
        Id = IdOf(message),
        Consumer = message.Consumer,
        Service = message.Event.Service,
        Model = message.Event.Model,
        Key = message.Event.Key,
        Sequence = message.Event.Sequence,
        DeletedAt = deletedAt,
    };

    internal static Guid IdOf(InboxMessage message)
    {
        var parts = string.Join('\0', message.Consumer, message.Event.Service, message.Event.Model, message.Event.Key);
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(parts)).AsSpan(0, 16));
    }
}
