namespace ModelEvents.Faults.Campaign;

/// <summary>What a campaign is asked for.</summary>
internal sealed record CampaignPlan(
    TimeSpan Duration,
    int Seed,
    IReadOnlyList<string> Modes,
    IReadOnlyList<string> Publishers,
    IReadOnlyList<Faulting.Fault> Faults,
    string StateFolder,
    double SavesPerSecond,
    string Python);
