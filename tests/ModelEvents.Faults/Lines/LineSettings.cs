using System.Text.Json;

namespace ModelEvents.Faults.Lines;

/// <summary>What a worker is told, in its environment.</summary>
internal sealed record LineSettings(
    string Line,
    string Mode,
    string Publisher,
    string Database,
    string Broker,
    int Seed,
    double SavesPerSecond,
    string StopFile,
    string? ClockFile = null)
{
    private const string Variable = "MODELEVENTS_FAULTS_WORKER";

    public static LineSettings FromEnvironment() =>
        JsonSerializer.Deserialize<LineSettings>(Environment.GetEnvironmentVariable(Variable)
            ?? throw new InvalidOperationException($"'{Variable}' is not set. Only a campaign starts workers."))!;

    public KeyValuePair<string, string> ToEnvironment() => new(Variable, JsonSerializer.Serialize(this));
}
