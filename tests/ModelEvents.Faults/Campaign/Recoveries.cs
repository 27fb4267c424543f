namespace ModelEvents.Faults.Campaign;

/// <summary>Seconds from the end of a fault to the next arrival of something that was saved after it, of each line.</summary>
internal sealed class Recoveries(IReadOnlyList<StruckFault> all)
{
    private readonly List<(double Seconds, string Line)> _plain = [];
    private readonly List<(double Seconds, string Line)> _overlapped = [];
    private int _none;

    public void Add(StruckFault struck)
    {
        foreach (var (line, arrival) in struck.Arrivals)
        {
            if (arrival is not { } at)
                _none++;
            else if (all.Any(other => other != struck && other.Begin < at && other.End > struck.End))
                _overlapped.Add((at - struck.End, line));
            else
                _plain.Add((at - struck.End, line));
        }
    }

    public override string ToString() =>
        $"events again after {Text(_plain)}{(_overlapped.Count > 0 ? $"; while another fault struck after {Text(_overlapped)}" : "")}"
        + (_none > 0 ? $"; {_none} times not within a minute" : "");

    private static string Text(List<(double Seconds, string Line)> times)
    {
        if (times.Count == 0)
            return "-";

        times.Sort();
        var (worst, line) = times[^1];
        return $"{times[times.Count / 2].Seconds:0.0} s in the median, {worst:0.0} s at worst ({line}, of {times.Count})";
    }
}
