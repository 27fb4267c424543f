using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelEvents.Models;
using ModelEvents.Serialization;

namespace ModelEvents.Catalog;

/// <summary>
/// Makes the catalog of the model list in force, once per list: <see cref="EventCases"/> has the names of its events,
/// <see cref="DeclaredNames"/> those of own events.
/// </summary>
internal sealed class ModelEventCatalog(
    ModelListProvider lists,
    IEnumerable<IBodySchemaSource> schemas,
    IEnumerable<ICatalogSource> sources,
    IOptions<ModelEventsOptions> options) : IModelEventCatalog
{
    private volatile Listing? _listing;

    public IReadOnlyList<CatalogEvent> Events => Current.Events;

    public bool Contains(string name) => Events.Any(known => known.Is(name));

    public JsonObject ToAsyncApi(string version) =>
        new AsyncApiDocument(options.Value).Of(Current.List.ServiceName, version, Current.Events);

    private Listing Current
    {
        get
        {
            var list = lists.Current;
            if (_listing is { } listing && ReferenceEquals(listing.List, list))
                return listing;

            return _listing = new Listing(list, EventsOf(list));
        }
    }

    private List<CatalogEvent> EventsOf(ModelList list)
    {
        var bodies = schemas
            .SelectMany(source => source.GetBodySchemas())
            .ToLookup(schema => schema.Key, schema => schema.Value);

        return
        [
            .. list.Models.SelectMany(model => EventsOf(model, Body(bodies[model.Name]))),
            .. OwnEvents(list),
            .. sources.SelectMany(source => source.EventsOf(list)).DistinctBy(known => (known.Service, known.Name)),
        ];
    }

    private IEnumerable<CatalogEvent> OwnEvents(ModelList list)
    {
        var json = BodySerializer.JsonFor(options.Value, list.PropertyNaming);
        return DeclaredNames.All.Select(declared => new CatalogEvent
        {
            Name = declared,
            Service = list.ServiceName,
            Model = "",
            Actions = [],
            Headers = EventHeaderList.OfOwn,
            BodySchema = JsonSerializer.SerializeToElement(
                declared.BodyType is { } body ? TypeSchema.Of(body, json) : new JsonObject()),
            Description = declared.Description,
        });
    }

    private static IEnumerable<CatalogEvent> EventsOf(ListedModel model, JsonElement body) =>
        EventCases.Of(model).GroupBy(possible => possible.Name).Select(same => New(model, body, [.. same]));

    private static CatalogEvent New(ListedModel model, JsonElement body, IReadOnlyList<EventCase> cases)
    {
        ChangeAction[] actions = [.. cases.SelectMany(possible => possible.Actions).Distinct().Order()];
        return new CatalogEvent
        {
            Name = cases[0].Name,
            Service = model.Service,
            Model = model.Name,
            Actions = actions,
            Headers = EventHeaderList.Of(model, actions),
            BodySchema = body,
            Description = string.Join(' ', cases.Select(possible => possible.Description)),
        };
    }

    /// <summary>A model that several contexts map has one of their bodies.</summary>
    private static JsonElement Body(IEnumerable<JsonObject> schemas)
    {
        var different = schemas.Distinct(JsonObjectComparer.Instance).ToArray();
        return JsonSerializer.SerializeToElement(different switch
        {
            [] => [],
            [var only] => only,
            _ => new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    [.. different.Select((schema, index) => SchemaReferences.Move(schema, $"/anyOf/{index}"))]),
            },
        });
    }

    private sealed record Listing(ModelList List, IReadOnlyList<CatalogEvent> Events);
}
