using ModelEvents.Models;

namespace ModelEvents.Catalog;

/// <summary>Knows events that follow neither from the model list alone nor from declarations.</summary>
internal interface ICatalogSource
{
    /// <summary>The events under this list. Called for the catalog, never during a save.</summary>
    IEnumerable<CatalogEvent> EventsOf(ModelList list);
}
