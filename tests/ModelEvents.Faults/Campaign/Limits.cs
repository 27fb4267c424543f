using ModelEvents.Faults.Checking;
using ModelEvents.Faults.Lines;

namespace ModelEvents.Faults.Campaign;

/// <summary>What documented limits make impossible to judge. It is counted and told.</summary>
internal sealed class Limits(Line line, IReadOnlyList<StruckFault> struck)
{
    // What was committed last before a fault, and what is saved until a process notices its end.
    private const double Before = 5;
    private const double After = 30;

    public string? WhyNotJudged(Violation violation)
    {
        var moment = violation.SavedAt > 0 ? violation.SavedAt : violation.At;
        return struck
            .Where(one => one.Fault.Spares(line.Mode) && one.Begin - Before <= moment && moment <= one.End + After)
            .Select(one => $"around {one.Fault.Name}, which spares mode '{line.Mode}'")
            .FirstOrDefault();
    }
}
