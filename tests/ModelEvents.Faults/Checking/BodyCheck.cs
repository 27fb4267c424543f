using System.Globalization;
using System.Text.Json;

namespace ModelEvents.Faults.Checking;

/// <summary>Compares an event's name and body with the row as it was stored.</summary>
internal static class BodyCheck
{
    public static IEnumerable<string> Differences(Delivery delivery, Truth truth)
    {
        if (truth.Body is null)
        {
            if (delivery.Name != "parcel__updated")
                yield return $"the name is '{delivery.Name}' instead of 'parcel__updated'";
            yield break;
        }

        using var document = JsonDocument.Parse(truth.Body);
        var name = Name(truth, document.RootElement);
        if (delivery.Name != name)
            yield return $"the name is '{delivery.Name}' instead of '{name}'";
        foreach (var stored in document.RootElement.EnumerateObject())
        {
            if (!delivery.Body.TryGetProperty(stored.Name, out var told))
                yield return $"'{stored.Name}' is missing";
            else if (!AreEqual(stored.Value, told))
                yield return $"'{stored.Name}' is {told.GetRawText()} instead of {stored.Value.GetRawText()}";
        }
    }

    private static string Name(Truth truth, JsonElement row) => truth switch
    {
        { Action: "own" } => row.GetProperty("key").ValueKind == JsonValueKind.Null ? "own.free" : "own.keyed",
        { Action: "deleted" } => $"{Prefix(truth)}__deleted",
        _ when row.TryGetProperty("status", out var status) => $"{Prefix(truth)}__{status.GetString()}",
        _ => $"{Prefix(truth)}__{truth.Action}",
    };

    private static string Prefix(Truth truth) =>
        truth.Entity.StartsWith("Parcel:", StringComparison.Ordinal) ? "parcel" : "shipment";

    private static bool AreEqual(JsonElement stored, JsonElement told) => (stored.ValueKind, told.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => stored.GetDecimal() == told.GetDecimal(),
        (JsonValueKind.String, JsonValueKind.String) =>
            stored.GetString() == told.GetString() || AreSameTime(stored.GetString()!, told.GetString()!),
        var (kind, other) => kind == other && stored.GetRawText() == told.GetRawText(),
    };

    private static bool AreSameTime(string stored, string told) =>
        DateTimeOffset.TryParse(stored, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var one)
        && DateTimeOffset.TryParse(told, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var other)
        && one == other;
}
