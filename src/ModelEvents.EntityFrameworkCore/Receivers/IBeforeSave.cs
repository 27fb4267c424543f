namespace ModelEvents;

/// <summary>
/// Called before an instance is inserted or updated. It may change the instance, which is then saved and published as
/// changed, or stop the save by throwing.
/// </summary>
/// <typeparam name="TModel">A model, a base type or an interface of models; listed or not.</typeparam>
public interface IBeforeSave<in TModel> : IModelReceiver
{
    /// <summary>Called once for each instance, before anything is written.</summary>
    /// <param name="model">The instance, as it is about to be saved.</param>
    /// <param name="save">What is known about the save.</param>
    /// <param name="cancellationToken">The token of the save.</param>
    Task BeforeSaveAsync(TModel model, SaveContext save, CancellationToken cancellationToken);
}
