using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Inbox;

/// <summary>What the tests ask the database itself.</summary>
internal static class BillingDatabase
{
    private const string Waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    /// <summary>Waits until a statement waits for a lock.</summary>
    public static Task SomeoneWaitsAsync(this TestDatabase database) => Eventually.TrueAsync(
        async () => await database.ScalarAsync<long>(Waiting) > 0, () => "Nobody waits for a lock.");

    public static Task<long> CountAsync(this TestDatabase database, string table) =>
        database.ScalarAsync<long>($"SELECT count(*) FROM {table}");
}
