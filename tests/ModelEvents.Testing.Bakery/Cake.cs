namespace ModelEvents.Testing.Bakery;

public sealed class Cake
{
    public required string Id { get; init; }
}
