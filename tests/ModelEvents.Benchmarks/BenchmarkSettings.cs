using System.Globalization;

namespace ModelEvents.Benchmarks;

/// <summary>What to measure, and against which servers.</summary>
internal sealed record BenchmarkSettings(
    string Postgres, Uri RabbitMq, IReadOnlyList<string> Benchmarks, int Rounds, int Events)
{
    public bool Runs(string benchmark) => Benchmarks.Count == 0 || Benchmarks.Contains(benchmark);

    public static BenchmarkSettings Parse(string[] args) => new(
        Variable("MODELEVENTS_TEST_POSTGRES"),
        new Uri(Variable("MODELEVENTS_TEST_RABBITMQ")),
        [.. args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal))],
        Number(args, "--rounds", 7),
        Number(args, "--events", 20_000));

    private static int Number(string[] args, string name, int otherwise)
    {
        var index = Array.IndexOf(args, name);
        return index < 0 ? otherwise : int.Parse(args[index + 1], CultureInfo.InvariantCulture);
    }

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"'{name}' is not set. Run: eval \"$(config/services up)\"");
}
