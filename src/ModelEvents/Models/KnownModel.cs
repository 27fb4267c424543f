namespace ModelEvents.Models;

/// <summary>A mapped entity type that could be listed.</summary>
/// <param name="ClrType">The entity's CLR type.</param>
/// <param name="Source">Where it is mapped, such as <c>ShopContext</c>; for messages.</param>
/// <param name="Properties">Its mapped properties, shadow and complex ones and skip navigations included.</param>
public sealed record KnownModel(Type ClrType, string Source, IReadOnlyList<KnownProperty> Properties)
{
    /// <summary>The model's full name, with dots for nested types too.</summary>
    public string Name { get; } = TypeNames.Of(ClrType);
}
