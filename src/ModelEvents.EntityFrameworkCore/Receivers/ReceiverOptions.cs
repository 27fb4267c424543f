namespace ModelEvents;

/// <summary>How a delegate is connected as a receiver.</summary>
public sealed record ReceiverOptions
{
    /// <summary>
    /// What it is known by. Connecting again what is connected under the same id, for the same and the same model, does nothing. Default:
    /// none; the delegate's own name stands in errors.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>When it has its turn: lower ones come first, equal ones in the order of registration. Default: 0.</summary>
    public int Order { get; init; }

    /// <summary>What an exception of it does. Default: it stops the save.</summary>
    public SendMode Mode { get; init; }
}
