using Npgsql;

namespace ModelEvents.Faults.Faulting;

/// <summary>Sessions of the lines' databases end at random.</summary>
internal sealed class SessionsFault : Fault
{
    private const string Terminate =
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = ANY($1) AND pid <> pg_backend_pid() AND random() < $2
        """;

    public override string Name => "sessions-terminated";

    public override string Summary => "random sessions of the database are terminated, again and again";

    public override FaultSide Side => FaultSide.Server;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var rounds = scene.Random.Next(1, 10);
        var ended = 0L;
        for (var round = 0; round < rounds; round++)
        {
            ended += await TerminateAsync(scene, cancellationToken);
            await Task.Delay(Between(scene.Random, 0.05, 1), cancellationToken);
        }

        await scene.Log.WriteLineAsync($"{Name}: {ended} sessions in {rounds} rounds");
    }

    private static async Task<long> TerminateAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            scene.Servers.Database.Primary.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Terminate, connection);
        command.Parameters.Add(new() { Value = scene.Lines.Select(line => line.Database).ToArray() });
        command.Parameters.Add(new() { Value = 0.1 + (scene.Random.NextDouble() * 0.9) });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
