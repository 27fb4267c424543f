namespace ModelEvents.Models;

/// <summary>Knows the entity types of a captured context, for resolving and checking the model list.</summary>
public interface IModelSource
{
    /// <summary>
    /// The mapped entity types. Called at start-up and on reload, while the list is being resolved: must not ask
    /// <see cref="ModelListProvider"/> for it.
    /// </summary>
    IReadOnlyList<KnownModel> GetModels();
}
