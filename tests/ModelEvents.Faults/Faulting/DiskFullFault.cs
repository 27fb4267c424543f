using ModelEvents.Faults.Servers;
using Npgsql;

namespace ModelEvents.Faults.Faulting;

/// <summary>The database's disk is full for a while.</summary>
internal sealed class DiskFullFault : Fault
{
    // https://www.postgresql.org/docs/15/errcodes-appendix.html
    private const string DiskFull = " 53100 ";

    public override string Name => "disk-full";

    public override string Summary => "the database's disk is full; a server that dies of it is started when there is room";

    public override FaultSide Side => FaultSide.Server;

    public override string? WhyNot(FaultScene scene) => scene.Servers.Database.Primary.Disk.WhyNotFull;

    public override async Task StrikeAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var server = scene.Servers.Database.Primary;
        var (free, duration) = (scene.Random.Next(100), Between(scene.Random, 2, 10));
        var isLogFull = scene.Random.Next(2) == 0;
        var before = await server.CountLoggedAsync(DiskFull, cancellationToken);
        try
        {
            await scene.Log.WriteLineAsync(
                $"{Name}: {free} KB left for {duration.TotalSeconds:0.0} s, also for the write-ahead log: {isLogFull}");
            await server.Disk.FillAsync(free);
            if (isLogFull)
                await LeaveLogFileAsync(server, cancellationToken);
            await Task.Delay(duration, cancellationToken);
        }
        finally
        {
            await server.Disk.FreeAsync();
            await scene.Log.WriteLineAsync($"{Name}: there is room, the server runs: {server.Runs}");
            await server.StartAsync(CancellationToken.None);
            var after = await server.CountLoggedAsync(DiskFull, CancellationToken.None);
            await scene.Log.WriteLineAsync($"{Name}: told {after - before} times");
        }
    }

    /// <summary>The files of the write-ahead log have their size from the start: the next one finds no space.</summary>
    private static async Task LeaveLogFileAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        try
        {
            await server.QueryAsync("SELECT pg_switch_wal()", cancellationToken);
        }
        catch (NpgsqlException)
        {
            // The server has died of it already.
        }
    }
}
