namespace ModelEvents.Catalog;

/// <summary>A change of a model that leads to an event of this name.</summary>
/// <param name="Name">The event's name, or its template.</param>
/// <param name="Description">The change, as a sentence.</param>
/// <param name="Actions">What happens to the instance.</param>
internal sealed record EventCase(string Name, string Description, params ChangeAction[] Actions);
