namespace ModelEvents.Models;

/// <summary>Knows the entity types of a captured context, for resolving and checking the model list.</summary>
public interface IModelSource
{
    /// <summary>The mapped entity types. Called at start-up and on reload.</summary>
    IReadOnlyList<KnownModel> GetModels();
}
