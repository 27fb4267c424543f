using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace ModelEvents.Catalog;

/// <summary>
/// Knows every event that the service can publish, from the model list in force and the EF Core models, and from the own
/// events that are declared (<see cref="EventName"/>) and the rules that may come. Registered by <c>AddModelEvents</c>.
/// </summary>
public interface IModelEventCatalog
{
    /// <summary>
    /// The events, in the order of the model list, then the own ones. Worked out when first asked for and again after the
    /// list changed.
    /// </summary>
    /// <exception cref="OptionsValidationException">The configuration has mistakes.</exception>
    IReadOnlyList<CatalogEvent> Events { get; }

    /// <summary>
    /// Whether an event can have this name; for a name from a template (<see cref="CatalogEvent.IsTemplate"/>) any
    /// status will do.
    /// </summary>
    bool Contains(string name);

    /// <summary>
    /// The catalog as an AsyncAPI 3.0.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0), a new
    /// one at each call. It has the broker's address without user and password.
    /// </summary>
    /// <param name="version">The version of the service's events, as its consumers are to know it.</param>
    JsonObject ToAsyncApi(string version = "1.0.0");
}
