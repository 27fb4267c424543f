using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Capture;
using ModelEvents.LogCapture;

namespace ModelEvents.Outbox;

/// <summary>
/// Finds captured contexts that list models of the same tables: each has a slot and a reader of its own, so that events of one
/// instance come out of order, and those that are captured from its rows come from both.
/// </summary>
internal static class WalContexts
{
    /// <exception cref="InvalidOperationException">Another context of this program lists a table of this one's.</exception>
    public static void ThrowIfShared(IServiceProvider services, Type context)
    {
        var own = TablesOf(services, context).ToDictionary(its => its.Table, its => its.Model);
        foreach (var other in services.GetKeyedServices<WalChoice>(KeyedService.AnyKey).Select(choice => choice.Context))
        {
            if (other == context || services.GetRequiredKeyedService<IOutbox>(other) is not WalOutbox)
                continue;

            foreach (var (table, _) in TablesOf(services, other))
            {
                if (own.TryGetValue(table, out var model))
                    throw Shared(context, other, table, model);
            }
        }
    }

    private static List<(TableOfDatabase Table, string Model)> TablesOf(IServiceProvider services, Type contextType)
    {
        using var scope = services.CreateScope();
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(contextType);
        var source = services.GetRequiredService<CapturedModelsSource>();
        var connection = context.Database.GetDbConnection();
        return
        [
            .. from captured in source.For(context).All.Concat(source.FromLog(context).All)
               from mapping in captured.Key.GetTableMappings()
               let table = new TableOfDatabase(
                   connection.DataSource, connection.Database, mapping.Table.Schema ?? SearchPath.FirstOf(context), mapping.Table.Name)
               group captured.Key.DisplayName() by table into one
               select (one.Key, one.First()),
        ];
    }

    private static InvalidOperationException Shared(Type context, Type other, TableOfDatabase table, string model) => new(
        $"The contexts '{context.Name}' and '{other.Name}' both capture '{model}', from the table '{table.Schema}.{table.Name}' of the "
        + $"database '{table.Database}': with 'Delivery: Wal' each is read by itself, and events of one instance would come out of "
        + "order. Capture one of them ('Capture: Log' tells what both save), or use 'Delivery: Outbox'.");

    private sealed record TableOfDatabase(string Server, string Database, string Schema, string Name);
}
