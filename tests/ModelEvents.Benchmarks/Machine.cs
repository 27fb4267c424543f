using System.Runtime.InteropServices;
using System.Text;
using RabbitMQ.Client;

namespace ModelEvents.Benchmarks;

/// <summary>Where and when the figures came about.</summary>
internal static class Machine
{
    public static async Task<string> DescribeAsync(BenchmarkDatabase database, BenchmarkSettings settings)
    {
        await using var connection = await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync();
        var rabbitMq = Encoding.UTF8.GetString((byte[])connection.ServerProperties!["version"]!);
        var postgres = await database.ScalarAsync<string>("SELECT current_setting('server_version')");
        var today = TimeProvider.System.GetUtcNow();
        return $"""
            Medians of {settings.Rounds} alternating rounds in one run{(settings.Quick ? " with --quick" : "")} on {today:yyyy-MM-dd}.
            The machine, with all of it on it: {Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture};
            PostgreSQL {postgres}, RabbitMQ {rabbitMq}, {RuntimeInformation.FrameworkDescription}, Release.
            """;
    }
}
