namespace ModelEvents;

/// <summary>How a delegate is connected as a receiver.</summary>
public sealed record ReceiverOptions
{
    /// <summary>
    /// What it is known by, also in errors. Connecting under an id that is connected already, for the same kind of call and the
    /// same model, does nothing. Default: none, and the name of the delegate's method in errors.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>When it has its turn: lower ones come first, equal ones in the order of registration. Default: 0.</summary>
    public int Order { get; init; }

    /// <summary>What an exception of it does. Default: it stops the save.</summary>
    public SendMode Mode { get; init; }
}
