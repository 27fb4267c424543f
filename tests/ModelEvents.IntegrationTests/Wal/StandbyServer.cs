using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Wal;

/// <summary>A server whose commits can be made to wait for a standby that does not come.</summary>
public sealed class StandbyServer() : OtherPostgres("standby")
{
    /// <summary>Lets commits wait from now on, unless they are told not to.</summary>
    public Task HoldCommitsAsync(string standbys = "nosuch") => SetAsync($"'{standbys}'");

    /// <summary>Lets those that wait go on.</summary>
    public Task LetCommitsGoAsync() => SetAsync("DEFAULT");

    /// <summary>Waits until so many commits wait in a database, and returns the process of one of them.</summary>
    public static async Task<int> HeldAsync(TestDatabase database, int count = 1)
    {
        int[] held = [];
        await Eventually.TrueAsync(
            async () => (held = await WaitingAsync(database)).Length == count, () => $"{held.Length} commits wait");
        return held[0];
    }

    /// <summary>Connections whose commits wait for nobody.</summary>
    public static string NotWaiting(TestDatabase database) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = "-c synchronous_commit=local" }.ConnectionString;

    private static async Task<int[]> WaitingAsync(TestDatabase database) => (await database.ScalarAsync<int[]>(
        "SELECT array(SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep')"))!;

    private async Task SetAsync(string standbys)
    {
        // Each command on a new connection: the server begins those with the settings that it has told its processes of.
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await using (var set = source.CreateCommand($"ALTER SYSTEM SET synchronous_standby_names = {standbys}"))
            await set.ExecuteNonQueryAsync();
        await using (var reload = source.CreateCommand("SELECT pg_reload_conf()"))
            await reload.ExecuteNonQueryAsync();
        var value = standbys == "DEFAULT" ? "" : standbys.Trim('\'');
        await Eventually.TrueAsync(
            async () =>
            {
                await using var show = source.CreateCommand("SHOW synchronous_standby_names");
                return (string?)await show.ExecuteScalarAsync() == value;
            },
            () => "the setting is not in force");

        // Commits wait, or do not, when the process has heard of it that writes checkpoints.
        await using var checkpoint = source.CreateCommand("CHECKPOINT");
        await checkpoint.ExecuteNonQueryAsync();
    }
}
