using System.Text.Json.Nodes;

namespace ModelEvents.Catalog;

/// <summary>Knows the bodies of the listed models that one captured context maps.</summary>
public interface IBodySchemaSource
{
    /// <summary>
    /// The JSON Schemas of the bodies by the model's full name, under the model list in force. Called for the catalog,
    /// never during a save.
    /// </summary>
    IReadOnlyDictionary<string, JsonObject> GetBodySchemas();
}
