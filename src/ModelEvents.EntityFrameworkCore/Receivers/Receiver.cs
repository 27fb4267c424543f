using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Receivers;

/// <summary>Calls a receiver: <paramref name="service"/> is the class from the service provider, if it is one.</summary>
internal delegate Task ReceiverCall(
    object? service, object model, object context, CancellationToken cancellationToken);

/// <summary>One receiver of one kind for one model, base type or interface.</summary>
/// <param name="Name">How errors and logs call it.</param>
/// <param name="Kind">What it is called for.</param>
/// <param name="Model">What it is called for instances of.</param>
/// <param name="Order">When it has its turn; equal ones in the order of registration.</param>
/// <param name="Mode">What its exceptions do.</param>
/// <param name="Service">The class to take from the service provider; <see langword="null"/> for a delegate.</param>
/// <param name="Call">Calls it.</param>
internal sealed record Receiver(
    string Name, ReceiverKind Kind, Type Model, int Order, SendMode Mode, Type? Service, ReceiverCall Call)
{
    /// <summary>What a delegate is known by, if it was given an id.</summary>
    public string? Id { get; init; }

    /// <summary>Whether it was not disconnected: one that was is not called any more by saves that are running.</summary>
    public bool IsConnected { get; private set; } = true;

    public void Disconnect() => IsConnected = false;

    /// <summary>Whether both were connected under one id for the same.</summary>
    public bool IsSame(Receiver other) => Id is not null && (Id, Kind, Model) == (other.Id, other.Kind, other.Model);

    public bool Concerns(IReadOnlyEntityType type) => Model.IsAssignableFrom(type.ClrType);
}
