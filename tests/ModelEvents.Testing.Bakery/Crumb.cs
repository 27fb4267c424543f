namespace ModelEvents.Testing.Bakery;

/// <summary>Listed, and disabled by the test assemblies.</summary>
public sealed class Crumb
{
    public required string Id { get; init; }
}
