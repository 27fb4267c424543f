namespace ModelEvents.Models;

/// <summary>A mapped property of a <see cref="KnownModel"/>.</summary>
/// <param name="Name">Its exact name.</param>
/// <param name="ClrType">Its CLR type.</param>
/// <param name="IsScalar">
/// Whether it holds one value of its own: false for complex properties and skip navigations, which cannot be a status
/// field.
/// </param>
public sealed record KnownProperty(string Name, Type ClrType, bool IsScalar = true)
{
    /// <summary>Whether it is a part of the model's key, which every event has.</summary>
    internal bool IsKey { get; init; }

    /// <summary>How default bodies and the header of what changed call it.</summary>
    internal string ToldName { get; init; } = Name;

    /// <summary>Tells why a default body cannot have it, and what to do, as the end of a sentence.</summary>
    internal Func<string?> WhyNotWritten { get; init; } = () => null;
}
