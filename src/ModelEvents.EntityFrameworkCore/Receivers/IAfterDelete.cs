namespace ModelEvents;

/// <summary>
/// Called after an instance was deleted, inside the transaction and before its commit. What it saves with
/// <see cref="ReceiverContext.Using"/> is part of that transaction. Throwing rolls all of it back.
/// </summary>
/// <typeparam name="TModel">A model, a base type or an interface of models; listed or not.</typeparam>
public interface IAfterDelete<in TModel> : IModelReceiver
{
    /// <summary>
    /// Called once for each instance, when all rows of the save are written; once more where a retrying execution strategy
    /// repeats the save.
    /// </summary>
    /// <param name="model">The instance, which is tracked no more.</param>
    /// <param name="deletion">What is known about the delete.</param>
    /// <param name="cancellationToken">The token of the save.</param>
    Task AfterDeleteAsync(TModel model, DeleteContext deletion, CancellationToken cancellationToken);
}
