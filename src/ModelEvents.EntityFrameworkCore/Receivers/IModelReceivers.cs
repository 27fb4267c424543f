namespace ModelEvents;

/// <summary>
/// Connects delegates as receivers, for all captured contexts, from the next save on. Each call returns what disconnects the
/// delegate again, at once: it is not called for what is left of a running save either. Classes are registered with
/// <c>AddModelReceiver</c> instead.
/// </summary>
public interface IModelReceivers
{
    /// <inheritdoc cref="IBeforeSave{TModel}"/>
    IDisposable BeforeSave<TModel>(
        Func<TModel, SaveContext, CancellationToken, Task> receiver, ReceiverOptions? options = null);

    /// <inheritdoc cref="IAfterSave{TModel}"/>
    IDisposable AfterSave<TModel>(
        Func<TModel, SaveContext, CancellationToken, Task> receiver, ReceiverOptions? options = null);

    /// <inheritdoc cref="IBeforeDelete{TModel}"/>
    IDisposable BeforeDelete<TModel>(
        Func<TModel, DeleteContext, CancellationToken, Task> receiver, ReceiverOptions? options = null);

    /// <inheritdoc cref="IAfterDelete{TModel}"/>
    IDisposable AfterDelete<TModel>(
        Func<TModel, DeleteContext, CancellationToken, Task> receiver, ReceiverOptions? options = null);

    /// <inheritdoc cref="ILinksChanged{TModel}"/>
    IDisposable LinksChanged<TModel>(
        Func<TModel, LinksContext, CancellationToken, Task> receiver, ReceiverOptions? options = null);
}
