namespace ModelEvents;

/// <summary>
/// Called after an instance was inserted or updated, inside the transaction and before its commit. What it saves with
/// <see cref="ReceiverContext.Using"/> is part of that transaction. Throwing rolls all of it back.
/// </summary>
/// <typeparam name="TModel">A model, a base type or an interface of models; listed or not.</typeparam>
public interface IAfterSave<in TModel> : IModelReceiver
{
    /// <summary>
    /// Called once for each instance, when all rows of the save are written; once more where a retrying execution strategy
    /// repeats the save.
    /// </summary>
    /// <param name="model">The instance, with the values that the database generated.</param>
    /// <param name="save">What is known about the save.</param>
    /// <param name="cancellationToken">The token of the save.</param>
    Task AfterSaveAsync(TModel model, SaveContext save, CancellationToken cancellationToken);
}
