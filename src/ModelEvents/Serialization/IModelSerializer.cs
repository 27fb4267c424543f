namespace ModelEvents;

/// <summary>Turns an instance of a listed model into the body of its events.</summary>
/// <remarks>
/// Made once and used for all saves, concurrently. It comes from the service provider if it is registered there, as a
/// singleton or transient; else it is created with constructor arguments from there. A scoped registration is refused
/// at start-up.
/// </remarks>
/// <typeparam name="TModel">The listed model, or a base type or interface of it.</typeparam>
public interface IModelSerializer<in TModel>
{
    /// <summary>
    /// Returns what becomes the JSON body: an anonymous or plain object, a dictionary or a <c>JsonNode</c>. Property
    /// names are written by <see cref="ModelEventsOptions.PropertyNaming"/>. Called inside the save, once per event,
    /// with database-generated values and navigation properties in place; must not save or query. An exception fails
    /// the save.
    /// </summary>
    object? Serialize(TModel model);
}
