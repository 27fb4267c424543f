namespace ModelEvents.Configuration;

/// <summary>What one source of a configuration has at a time.</summary>
/// <param name="Key">The source itself.</param>
/// <param name="Name">What it is called, for messages.</param>
/// <param name="HasKeys">Whether it has any key at all; one that cannot be read has none.</param>
/// <param name="IsUsed">Whether it has keys of ModelEvents.</param>
/// <param name="HasList">Whether it has a list of models.</param>
internal sealed record ConfigurationSource(object Key, string Name, bool HasKeys, bool IsUsed, bool HasList);
