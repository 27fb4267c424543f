using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelEvents.Tests.Wire;

/// <summary>A line of <c>wire_client.py</c>: what a client that is not .NET saw.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "fact")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Declared), "declared")]
[JsonDerivedType(typeof(Received), "received")]
internal abstract record WireFact
{
    private static readonly JsonSerializerOptions Names =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static WireFact Parse(string line) => JsonSerializer.Deserialize<WireFact>(line, Names)!;

    /// <summary>Its queue is bound.</summary>
    internal sealed record Ready : WireFact;

    /// <summary>It declared an exchange; the code is 0 where the broker agreed.</summary>
    internal sealed record Declared(
        string Exchange, IReadOnlyDictionary<string, JsonElement> Flags, int Code) : WireFact
    {
        public override string ToString() =>
            $"{Exchange} {string.Join(' ', Flags.Select(flag => $"{flag.Key}={flag.Value}"))} -> {Code}";
    }

    /// <summary>A message came; header types are names of Python's.</summary>
    internal sealed record Received(
        string Exchange,
        string RoutingKey,
        IReadOnlyDictionary<string, JsonElement> Properties,
        IReadOnlyDictionary<string, JsonElement> Headers,
        IReadOnlyDictionary<string, string> HeaderTypes,
        byte[] Body) : WireFact;
}
