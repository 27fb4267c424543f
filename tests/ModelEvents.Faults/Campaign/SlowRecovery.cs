using ModelEvents.Faults.Checking;

namespace ModelEvents.Faults.Campaign;

/// <summary>A recovery that took more than 10 seconds, in seconds since 1970.</summary>
/// <param name="Line">The line.</param>
/// <param name="Since">The end of the fault.</param>
/// <param name="At">When an event arrived again.</param>
/// <param name="Others">Which other faults ended or went on meanwhile.</param>
internal sealed record SlowRecovery(string Line, double Since, double At, string Others)
{
    private static readonly (string Said, string Name)[] TimeOuts =
    [
        ("confirmed nothing for 10 s", "the broker was silent for 10 s"),
        ("57P03", "the database was starting or stopping"),
        ("[1123]", "another process took the lead"),
        ("[3003]", "a leader stood still for 5 s"),
    ];

    /// <summary>With the time-outs that the workers told of meanwhile.</summary>
    public string Text(string folder)
    {
        var said = WorkerLogs.Between(folder, Since, At).ToArray();
        var named = TimeOuts.Where(one => said.Any(line => line.Contains(one.Said, StringComparison.Ordinal)))
            .Select(one => one.Name).ToArray();
        return $"{At - Since:0.0} s on {Line} after {Clock.Text(Since)}{Others}; "
            + (named.Length > 0 ? $"named: {string.Join(", ", named)}" : "no time-out named");
    }
}
