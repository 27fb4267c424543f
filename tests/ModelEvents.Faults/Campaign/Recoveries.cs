using ModelEvents.Faults.Checking;

namespace ModelEvents.Faults.Campaign;

/// <summary>Seconds from the end of a fault to the next arrival of something that was saved after it, of each line.</summary>
internal sealed class Recoveries(IReadOnlyList<StruckFault> all)
{
    private const double Longest = 10;

    private readonly List<(double Seconds, string Line)> _plain = [];
    private readonly List<(double Seconds, string Line)> _overlapped = [];
    private readonly List<string> _slow = [];
    private int _none;

    /// <summary>Each that took more than 10 seconds.</summary>
    public IReadOnlyList<string> Slow => _slow;

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
        var seconds = at - struck.End;
        (meanwhile.Length > 0 ? _overlapped : _plain).Add((seconds, line));
        if (seconds > Longest)
        {
            var others = string.Join(", ", meanwhile.Select(other => other.Fault.Name));
            _slow.Add($"{seconds:0.0} s on {line} after {Clock.Text(struck.End)}{(others.Length > 0 ? $", with {others}" : "")}");
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
