namespace ModelEvents;

/// <summary>
/// Called before and after many-to-many links of an instance change: links through a skip navigation, for both of its sides.
/// Before the save it may stop it by throwing; after, it is called inside the transaction and before its commit. A link that goes
/// because one of its sides is deleted is not told: the delete is.
/// </summary>
/// <typeparam name="TModel">A model, a base type or an interface of models; listed or not.</typeparam>
public interface ILinksChanged<in TModel> : IModelReceiver
{
    /// <summary>
    /// Called once for each instance, navigation and action; those before the save in the order clear, remove, add, and so
    /// those after it.
    /// </summary>
    /// <param name="model">The instance whose links change.</param>
    /// <param name="links">What is known about the change.</param>
    /// <param name="cancellationToken">The token of the save.</param>
    Task LinksChangedAsync(TModel model, LinksContext links, CancellationToken cancellationToken);
}
