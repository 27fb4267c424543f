using System.Globalization;
using System.Text.Json;

namespace ModelEvents.Faults.Checking;

/// <summary>One delivery, as the consumer noted it.</summary>
internal sealed record Delivery(string Text, JsonElement Json)
{
    /// <summary>Seconds since 1970.</summary>
    public double At => Json.GetProperty("at").GetDouble();

    public string Id => Json.GetProperty("id").GetString() ?? "";

    public string Name => Json.GetProperty("name").GetString()!;

    public string Entity => Json.GetProperty("entity").GetString()!;

    /// <summary>Which truth it claims to tell.</summary>
    public string Key => TruthKey.Of(
        Entity,
        Json.GetProperty("action").GetString()!,
        Json.GetProperty("by").GetString()!,
        Json.GetProperty("number").GetInt64());

    /// <summary>What the database showed when it was delivered; 0 if it showed nothing.</summary>
    public long VisibleTruth => Json.GetProperty("truth").GetInt64();

    /// <summary>Whether the database did not answer at the delivery, and was asked again until it did.</summary>
    public bool LookedLate => Json.GetProperty("looked_late").GetBoolean();

    /// <summary>When what it tells was saved, in seconds since 1970.</summary>
    public double SavedAt => Json.GetProperty("saved_at").GetDouble();

    public long? Sequence =>
        Json.GetProperty("headers").TryGetProperty("modelevents-sequence", out var sequence)
            ? long.Parse(sequence.ToString(), CultureInfo.InvariantCulture)
            : null;

    public JsonElement Body => Json.GetProperty("body");

    public static Delivery Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        return new Delivery(line, document.RootElement.Clone());
    }

    public static IEnumerable<Delivery> Read(string file) => File.Exists(file) ? File.ReadLines(file).Select(Parse) : [];
}
