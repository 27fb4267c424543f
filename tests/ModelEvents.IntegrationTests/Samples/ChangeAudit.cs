using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

/// <summary>Notes every committed change of the shop by triggers: what the database itself knows.</summary>
internal static class ChangeAudit
{
    private static readonly (string Table, string Model, string Key)[] Sources =
    [
        ("Orders", "Shop.Order", "Id"),
        ("Customers", "Shop.Customer", "Id"),
        ("Invoices", "Shop.Invoice", "Id"),
        ("Products", "Shop.Product", "Id"),
    ];

    public static async Task AddToAsync(TestDatabase database)
    {
        await database.ExecuteAsync(
            """
            CREATE TABLE audit (n bigserial, model text, key text, action text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO audit (model, key, action)
              VALUES (TG_ARGV[0], to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[1],
                coalesce(TG_ARGV[2], lower(TG_OP) || 'd'));
              RETURN NULL;
            END $$;
            """);
        foreach (var (table, model, key) in Sources)
        {
            await AddTriggerAsync(database, table, "INSERT", $"'{model}', '{key}', 'created'");
            await AddTriggerAsync(database, table, "UPDATE OR DELETE", $"'{model}', '{key}'");
        }

        // A new tag is an update of the product.
        await AddTriggerAsync(database, "ProductTag", "INSERT", "'Shop.Product', 'ProductsId', 'updated'");
    }

    public static async Task<long> CountAsync(TestDatabase database) =>
        await database.ScalarAsync<long>("SELECT count(*) FROM audit");

    /// <summary>One line for each entity, sorted: its model, its key, its actions in commit order.</summary>
    public static async Task<string> ReadAsync(TestDatabase database) =>
        await database.ScalarAsync<string>(
            """
            SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
              SELECT model || ' ' || key || ' ' || string_agg(action, ',' ORDER BY n) AS line
              FROM audit GROUP BY model, key) AS entities
            """) ?? "";

    /// <summary>Whether it is the event of a change: not an own one, nor that of a rule which the change met.</summary>
    public static bool IsOfChange(RabbitDelivery delivery) =>
        delivery.RoutingKey.Contains("__", StringComparison.Ordinal)
        && !delivery.RoutingKey.StartsWith("trigger__", StringComparison.Ordinal);

    /// <summary>The same lines of what was delivered, each event once.</summary>
    public static string Of(IEnumerable<RabbitDelivery> deliveries) => string.Join('\n', deliveries
        .Where(IsOfChange)
        .DistinctBy(delivery => delivery.Properties.MessageId)
        .GroupBy(delivery => $"{delivery.Header(EventHeaders.Model)} {delivery.Header(EventHeaders.Key)}")
        .Select(entity => $"{entity.Key} {string.Join(',', entity.Select(one => one.Header(EventHeaders.Action)))}")
        .Order(StringComparer.Ordinal));

    private static Task<int> AddTriggerAsync(
        TestDatabase database, string table, string operations, string arguments) =>
        database.ExecuteAsync(
            $"""
            CREATE TRIGGER "note {operations}" AFTER {operations} ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION note({arguments})
            """);
}
