namespace ModelEvents.Faults.Campaign;

/// <summary>
/// Seconds from the end of a fault to the next arrival of something that was saved after it, of each line. Where others ended
/// meanwhile they are counted from the end of the last of these; what came while another went on is told apart.
/// </summary>
internal sealed class Recoveries(IReadOnlyList<StruckFault> all)
{
    private const double Longest = 10;

    private readonly List<(double Seconds, string Line)> _plain = [];
    private readonly List<(double Seconds, string Line)> _hindered = [];
    private readonly List<SlowRecovery> _slow = [];
    private int _none;

    /// <summary>Each that took more than 10 seconds, and what else went on.</summary>
    public IReadOnlyList<SlowRecovery> Slow => _slow;

    public void Add(StruckFault struck)
    {
        foreach (var (line, arrival) in struck.Arrivals)
        {
            if (arrival is not { } at)
                _none++;
            else
                Add(struck, line, at);
        }
    }

    private void Add(StruckFault struck, string line, double at)
    {
        var meanwhile = all.Where(other => other != struck && other.Begin < at && other.End > struck.End).ToArray();
        var lasting = meanwhile.Where(other => other.End > at).ToArray();
        var since = meanwhile.Except(lasting).Select(other => other.End).Append(struck.End).Max();
        var seconds = at - since;
        (lasting.Length > 0 ? _hindered : _plain).Add((seconds, line));
        if (seconds > Longest)
        {
            var others = Text(meanwhile.Except(lasting), "ended meanwhile") + Text(lasting, "went on");
            _slow.Add(new SlowRecovery(line, since, at, others));
        }
    }

    public override string ToString() =>
        $"events again after {Text(_plain)}{(_hindered.Count > 0 ? $"; while another fault went on after {Text(_hindered)}" : "")}"
        + (_none > 0 ? $"; {_none} times not within a minute" : "");

    private static string Text(IEnumerable<StruckFault> faults, string how)
    {
        var names = string.Join(", ", faults.Select(fault => fault.Fault.Name));
        return names.Length > 0 ? $"; {names} {how}" : "";
    }

    private static string Text(List<(double Seconds, string Line)> times)
    {
        if (times.Count == 0)
            return "-";

        times.Sort();
        var (worst, line) = times[^1];
        return $"{times[times.Count / 2].Seconds:0.0} s in the median, {worst:0.0} s at worst ({line}, of {times.Count})";
    }
}
