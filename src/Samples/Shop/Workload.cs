using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents;
using ModelEvents.Rules;
using Shop.Run;

namespace Shop;

/// <summary>
/// A day in the shop: plain EF Core, with no call of ModelEvents for the changes. Notes in the ledger which events should
/// follow.
/// </summary>
internal sealed class Workload(IServiceScopeFactory scopes, Ledger ledger)
{
    private const int Sellers = 4;
    private const string BigOrder = "big order";

    private bool _hasRules;

    /// <param name="orders">How many orders to sell.</param>
    /// <param name="hasRules">Whether rules are asked about changes, as saves do that capture them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(int orders, bool hasRules, CancellationToken cancellationToken)
    {
        await UseShopAsync(MakeTagsAsync, cancellationToken);
        _hasRules = hasRules;
        if (hasRules)
        {
            await UseScopeAsync(
                (services, token) => MakeRulesAsync(services.GetRequiredService<ITriggerRules>(), token), cancellationToken);
        }

        var sellers = new ParallelOptions { MaxDegreeOfParallelism = Sellers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(1, orders), sellers, async (number, token) =>
        {
            await UseScopeAsync((services, t) => SellAsync(services, number, t), token);
            if (number % 5 == 0)
            {
                await UseShopAsync(OfferAsync, token);
                await UseShopAsync(ChangeOfMindAsync, token);
            }
        });
    }

    private Task UseShopAsync(
        Func<ShopContext, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        UseScopeAsync((services, token) => work(services.GetRequiredService<ShopContext>(), token), cancellationToken);

    private async Task UseScopeAsync(
        Func<IServiceProvider, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await work(scope.ServiceProvider, cancellationToken);
    }

    /// <summary>The life of an order: created, paid, shipped and, once it is history, deleted.</summary>
    private async Task SellAsync(IServiceProvider services, int number, CancellationToken cancellationToken)
    {
        var shop = services.GetRequiredService<ShopContext>();
        var order = NewOrder(number);
        shop.Add(order);
        await shop.SaveChangesAsync(cancellationToken);
        Committed(order.Customer!, "customer__created");
        Committed(order, "order__created");
        if (_hasRules && order.Total > 14)
            ledger.Raised(EntityOf(order), $"trigger__{BigOrder}");

        await PayAsync(shop, services.GetRequiredService<IModelEvents>(), order, isLate: number % 5 == 0, cancellationToken);

        // LoyaltyPoints receives this save.
        order.Status = OrderStatus.Shipped;
        await shop.SaveChangesAsync(cancellationToken);
        Committed(order, "order__shipped");
        Committed(order.Customer!, "customer__updated");

        shop.Remove(order);
        await shop.SaveChangesAsync(cancellationToken);
        Committed(order, "order__deleted");
    }

    /// <summary>Two saves in one transaction, and an event of the shop's own: all follow its commit.</summary>
    private async Task PayAsync(
        ShopContext shop, IModelEvents events, Order order, bool isLate, CancellationToken cancellationToken)
    {
        await using var transaction = await shop.Database.BeginTransactionAsync(cancellationToken);
        order.Status = OrderStatus.Paid;
        await shop.SaveChangesAsync(cancellationToken);
        var invoice = new Invoice { OrderId = order.Id, Amount = order.Total };
        shop.Add(invoice);
        await shop.SaveChangesAsync(cancellationToken);
        if (isLate)
        {
            // <own>
            await events.TriggerAsync(
                OrderEvents.Overdue, new OverdueOrder(order.Number, order.Total), key: order.Number, cancellationToken);
            // </own>
        }

        await transaction.CommitAsync(cancellationToken);
        Committed(order, "order__paid");
        Committed(invoice, "bill__created");
        if (isLate)
            ledger.Raised(new Entity("", order.Number), OrderEvents.Overdue);
    }

    /// <summary>A product that is tagged, which is an update of it, and withdrawn.</summary>
    private async Task OfferAsync(ShopContext shop, CancellationToken cancellationToken)
    {
        var product = new Product { Name = "Lamp", Price = 49.90m };
        shop.Add(product);
        await shop.SaveChangesAsync(cancellationToken);
        Committed(product, "product__created");

        // Loaded, so that the body tells all tags; without this the event is the same, but for the list.
        await shop.Entry(product).Collection(p => p.Tags).LoadAsync(cancellationToken);
        product.Tags.Add((await shop.Tags.FindAsync(["sale"], cancellationToken))!);
        await shop.SaveChangesAsync(cancellationToken);
        Committed(product, "product__updated");

        shop.Remove(product);
        await shop.SaveChangesAsync(cancellationToken);
        Committed(product, "product__deleted");
    }

    /// <summary>An order that is saved and rolled back: nothing of it may ever be published.</summary>
    private async Task ChangeOfMindAsync(ShopContext shop, CancellationToken cancellationToken)
    {
        if (!shop.Database.IsRelational())
            return;

        await using var transaction = await shop.Database.BeginTransactionAsync(cancellationToken);
        var order = NewOrder(0);
        shop.Add(order);
        await shop.SaveChangesAsync(cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
        ledger.RolledBack(EntityOf(order));
        ledger.RolledBack(EntityOf(order.Customer!));
    }

    private static async Task MakeTagsAsync(ShopContext shop, CancellationToken cancellationToken)
    {
        if (await shop.Tags.AnyAsync(cancellationToken))
            return;

        shop.Add(new Tag { Name = "sale" });
        await shop.SaveChangesAsync(cancellationToken);
    }

    /// <summary>A rule stays in the database. It may be edited while the shop sells.</summary>
    private static async Task MakeRulesAsync(ITriggerRules rules, CancellationToken cancellationToken)
    {
        if (await rules.GetByNameAsync(BigOrder, cancellationToken) is not null)
            return;

        // <rule>
        await rules.CreateAsync(
            TriggerRuleTypes.Change,
            BigOrder,
            """
            {
              "model": "Order",
              "actions": [ "created" ],
              "condition": { "field": "total", "op": ">", "value": 14 }
            }
            """,
            cancellationToken: cancellationToken);
        // </rule>
    }

    private static Order NewOrder(int number) => new()
    {
        Number = $"2026-{number:D5}",
        Total = 10 + number,
        Customer = new Customer { Name = $"Zoë {number}", Email = $"customer{number}@example.com" },
    };

    private void Committed(object model, string eventName) => ledger.Committed(EntityOf(model), eventName);

    private static Entity EntityOf(object model) => model switch
    {
        Order order => Entity.Of(order, order.Id),
        Customer customer => Entity.Of(customer, customer.Id),
        Invoice invoice => Entity.Of(invoice, invoice.Id),
        Product product => Entity.Of(product, product.Id),
        _ => throw new InvalidOperationException(
            $"'{model.GetType().Name}' is not listed. List it in appsettings.json."),
    };
}
