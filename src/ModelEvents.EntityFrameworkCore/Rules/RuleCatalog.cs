using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Capture;
using ModelEvents.Catalog;
using ModelEvents.Models;
using ModelEvents.Rules.InForce;

namespace ModelEvents.Rules;

/// <summary>
/// The events that rules of a captured context can raise: one template for each service that its changes are published by,
/// as rules come and go.
/// </summary>
internal sealed class RuleCatalog<TContext>(IServiceScopeFactory scopes) : ICatalogSource
    where TContext : DbContext
{
    private static readonly CatalogHeader[] Headers =
    [
        new(EventHeaders.Model, "string", "Full name of the changed model; missing where code fired the rule.", IsOptional: true),
        new(EventHeaders.Action, "string", "What happened to the instance; missing where code fired the rule.", IsOptional: true),
        new(EventHeaders.Key, "string", "The changed instance's key; the rule's id where code fired it."),
        new(EventHeaders.Sequence, "integer", "Grows with every event of the same model and key."),
        new(EventHeaders.TraceParent, "string", "The W3C trace context of the change.", IsOptional: true),
    ];

    public IEnumerable<CatalogEvent> EventsOf(ModelList list)
    {
        using var scope = scopes.CreateScope();
        var model = scope.ServiceProvider.GetRequiredService<TContext>().Model;
        if (!RuleBook.IsMapped(model))
            return [];

        return list.Models.Where(listed => CapturedModelsSource.Find(model, listed) is not null)
            .Select(listed => listed.Service)
            .Prepend(list.ServiceName)
            .Distinct()
            .Select(service => NewEvent(service, list.NameStyle));
    }

    private static CatalogEvent NewEvent(string service, NameStyle style) => new()
    {
        Name = RuleEventName.Of(CatalogEvent.RulePlaceholder, style),
        Service = service,
        Model = "",
        Actions = [],
        Headers = Headers,
        BodySchema = JsonSerializer.SerializeToElement(Body()),
        Description = "A change met the rule of this name, which is kept in the database, or code fired it.",
    };

    private static JsonObject Body() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["id"] = Text("The id of the trigger event, which is also the message id.", "uuid"),
            ["type"] = Text("The type of the rule."),
            ["rule"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["id"] = Text("The rule's id.", "uuid"), ["name"] = Text("The rule's name.") },
                ["required"] = new JsonArray("id", "name"),
            },
            ["occurred"] = Text("When it happened.", "date-time"),
            ["description"] = new JsonObject { ["type"] = "object", ["description"] = "What met the rule." },
            ["change"] = new JsonObject { ["description"] = "The body of the change's own event; missing where code fired the rule." },
        },
        ["required"] = new JsonArray("id", "type", "rule", "occurred", "description"),
    };

    private static JsonObject Text(string meaning, string? format = null)
    {
        var schema = new JsonObject { ["type"] = "string", ["description"] = meaning };
        if (format is not null)
            schema["format"] = format;
        return schema;
    }
}
