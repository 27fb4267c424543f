namespace ModelEvents;

/// <summary>Called before an instance is deleted, cascades of loaded instances included. Throwing stops the save.</summary>
/// <typeparam name="TModel">A model, a base type or an interface of models; listed or not.</typeparam>
public interface IBeforeDelete<in TModel> : IModelReceiver
{
    /// <summary>Called once for each instance, before anything is written.</summary>
    /// <param name="model">The instance that is about to be deleted.</param>
    /// <param name="deletion">What is known about the delete.</param>
    /// <param name="cancellationToken">The token of the save.</param>
    Task BeforeDeleteAsync(TModel model, DeleteContext deletion, CancellationToken cancellationToken);
}
