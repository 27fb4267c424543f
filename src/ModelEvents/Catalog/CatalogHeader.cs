namespace ModelEvents.Catalog;

/// <summary>A header of an event on the wire.</summary>
/// <param name="Name">Its name, one of <see cref="EventHeaders"/>.</param>
/// <param name="Type">Its JSON Schema type: <c>string</c> or <c>integer</c>.</param>
/// <param name="Meaning">What it says.</param>
/// <param name="IsOptional">Whether an event may lack it.</param>
public sealed record CatalogHeader(string Name, string Type, string Meaning, bool IsOptional = false)
{
    /// <summary>The only values that it has with this event; empty for any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}
