using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

/// <summary>The service that consumes the shop's events, and what it keeps in its database.</summary>
internal static class BillingProcess
{
    public const string Queue = "billing";

    public const string ErrorQueue = "billing_error";

    /// <summary>Starts it and waits until it consumes.</summary>
    public static async Task<ChildProcess> StartAsync(TestDatabase database, params string[] arguments)
    {
        var billing = SampleProcess.Start("Shop.Billing", database, arguments);
        await billing.WaitForAsync(() => Broker.HasConsumerAsync(Queue));
        return billing;
    }

    public static async Task<long> CountLinesAsync(TestDatabase database) =>
        await database.ScalarAsync<long>("SELECT count(*) FROM \"BillLines\"");

    /// <summary>A line for each order: the events that were handled, and what is left to pay.</summary>
    public static async Task<string?> ReadAsync(TestDatabase database) =>
        await database.ScalarAsync<string>(
            """
            SELECT string_agg(bill, E'\n' ORDER BY bill) FROM (
              SELECT "OrderNumber" || ': ' || string_agg("Event", ' ' ORDER BY "Event")
                || ', to pay: ' || sum("Amount")::int
              FROM "BillLines" GROUP BY "OrderNumber") AS bills(bill)
            """);

    /// <summary>What <see cref="ReadAsync"/> says when each event of that many orders was handled once.</summary>
    public static string EachOnce(int orders) => string.Join('\n', Enumerable.Range(1, orders)
        .Select(number => $"2026-{number:D5}: order__created order__paid order__shipped, to pay: 0"));
}
