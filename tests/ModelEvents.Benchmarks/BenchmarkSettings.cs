using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>What to measure, how thoroughly, and against which servers.</summary>
internal sealed record BenchmarkSettings(string Postgres, Uri RabbitMq, IReadOnlyList<string> Benchmarks)
{
    // Latency and idle processes take minutes to look at; the others are compared less often.
    private static readonly string[] InQuick = ["save", "cost", "drain"];

    /// <summary>Whether everything must be over within two minutes.</summary>
    public bool Quick { get; init; }

    public int Rounds { get; init; }

    /// <summary>The events of a drain.</summary>
    public int Events { get; init; }

    /// <summary>The rows that wait while events are drained from among them.</summary>
    public int Waiting { get; init; }

    public bool Runs(string benchmark) =>
        Benchmarks.Contains(benchmark) || (Benchmarks.Count == 0 && (!Quick || InQuick.Contains(benchmark)));

    public static BenchmarkSettings Parse(string[] args)
    {
        var quick = args.Contains("--quick");
        return new BenchmarkSettings(
            Variable("MODELEVENTS_TEST_POSTGRES"),
            new Uri(Variable("MODELEVENTS_TEST_RABBITMQ")),
            [.. args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal))])
        {
            Quick = quick,
            Rounds = Number(args, "--rounds", quick ? 1 : 7),
            Events = Number(args, "--events", quick ? 10_000 : 200_000),
            Waiting = Number(args, "--waiting", 5_000_000),
        };
    }

    private static int Number(string[] args, string name, int otherwise)
    {
        var index = Array.IndexOf(args, name);
        return index < 0 ? otherwise : int.Parse(args[index + 1], CultureInfo.InvariantCulture);
    }

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"'{name}' is not set. Run: eval \"$(config/services up)\"");
}
