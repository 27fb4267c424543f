namespace ModelEvents;

/// <summary>A property that an update changes.</summary>
/// <param name="Name">
/// Its name in C#; inside owned and complex types the path to it, such as <c>Address.Street</c>. An owned instance that is
/// added, removed or replaced is told as a whole.
/// </param>
/// <param name="Before">The value in the database, as far as is known.</param>
/// <param name="After">The value that is saved.</param>
public sealed record ChangedProperty(string Name, object? Before, object? After)
{
    internal bool IsOrIsIn(string property) =>
        Name.StartsWith(property, StringComparison.Ordinal)
        && (Name.Length == property.Length || Name[property.Length] == '.');
}
