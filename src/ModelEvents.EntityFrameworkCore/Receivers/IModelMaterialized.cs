namespace ModelEvents;

/// <summary>
/// Called when a query has made an instance and set its properties; not its navigation properties, which follow. Registered as
/// a class only, since queries are compiled for it.
/// </summary>
/// <typeparam name="TModel">A model, a base type or an interface of models; listed or not.</typeparam>
public interface IModelMaterialized<in TModel> : IModelReceiver
{
    /// <summary>Called for each instance, tracked or not. Must be quick and not query. Throwing fails the query.</summary>
    /// <param name="model">The instance.</param>
    /// <param name="materialized">What is known about it.</param>
    void ModelMaterialized(TModel model, MaterializedContext materialized);
}
