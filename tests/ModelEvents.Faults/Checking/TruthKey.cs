namespace ModelEvents.Faults.Checking;

/// <summary>What an event must say to tell one truth, and no other event may say.</summary>
internal static class TruthKey
{
    public static string Of(string entity, string action, string by, long number) => $"{entity} {action} {by} {number}";
}
