namespace ModelEvents.Testing.Bakery;

public sealed class Loaf
{
    public required string Id { get; init; }
}
