namespace ModelEvents;

/// <summary>
/// Turns an instance of a listed model into the body of its events, like <see cref="IModelSerializer{TModel}"/>, and
/// declares what the body looks like, so that the catalog of events has its JSON Schema.
/// </summary>
/// <typeparam name="TModel">The listed model, or a base type or interface of it.</typeparam>
/// <typeparam name="TBody">What the body is written as: a record or class, for example.</typeparam>
public interface IModelSerializer<in TModel, out TBody> : IModelSerializer<TModel>
{
    /// <summary>
    /// Returns what becomes the JSON body, with the properties of <typeparamref name="TBody"/>. All that is said of
    /// <see cref="IModelSerializer{TModel}.Serialize"/> holds.
    /// </summary>
    new TBody Serialize(TModel model);

    /// <inheritdoc/>
    object? IModelSerializer<TModel>.Serialize(TModel model) => Serialize(model);
}
