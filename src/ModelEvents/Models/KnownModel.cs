namespace ModelEvents.Models;

/// <summary>A mapped entity type that could be listed.</summary>
/// <param name="ClrType">The entity's CLR type.</param>
/// <param name="Source">Where it is mapped, such as <c>ShopContext</c>; for messages.</param>
/// <param name="Properties">Its mapped properties, shadow and complex ones and skip navigations included.</param>
public sealed record KnownModel(Type ClrType, string Source, IReadOnlyList<KnownProperty> Properties)
{
    /// <summary>
    /// The model's full name, with dots for nested types too: that of its CLR type, or EF Core's where several entity types
    /// share the CLR type.
    /// </summary>
    public string Name => EntityName ?? TypeNames.Of(ClrType);

    /// <summary>
    /// What stands before the model's name in the events of <see cref="NameStyle.Dotted"/>: the schema of its table, or
    /// without one the context's name, in snake case.
    /// </summary>
    public string Group { get; init; } = GroupOf(Source);

    /// <summary>EF Core's name of an entity type that shares its CLR type with others, such as a property bag.</summary>
    internal string? EntityName { get; init; }

    /// <summary>What tells it from other models.</summary>
    internal (Type ClrType, string? EntityName) Identity => (ClrType, EntityName);

    /// <summary>The model's name without what it is nested in and without type arguments.</summary>
    internal string ShortName => TypeNames.ShortOf(ClrType, EntityName);

    /// <summary>Why it cannot be listed, and what to do; <see langword="null"/> where it can.</summary>
    internal string? WhyNotListed { get; init; }

    /// <summary>Whether a path of names, such as <c>Order.Lines</c>, leads through navigations of the model.</summary>
    internal Func<string, bool> HasNavigation { get; init; } = _ => false;

    private static string GroupOf(string source)
    {
        var name = source.EndsWith("DbContext", StringComparison.Ordinal) ? source[..^"DbContext".Length]
            : source.EndsWith("Context", StringComparison.Ordinal) ? source[..^"Context".Length]
            : source;
        return EventNames.SnakeCase(name.Length == 0 ? source : name);
    }
}
