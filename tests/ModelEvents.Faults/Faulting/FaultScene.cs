using ModelEvents.Faults.Servers;

namespace ModelEvents.Faults.Faulting;

/// <summary>What a fault can strike, and where it says what it does.</summary>
internal sealed record FaultScene(
    Surroundings Servers,
    IReadOnlyList<IWorkerProcess> Workers,
    IReadOnlyList<LineQueues> Lines,
    Random Random,
    TextWriter Log);
