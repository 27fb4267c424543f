namespace ModelEvents.Testing;

/// <summary>
/// Switches events off for a while: changes that are saved meanwhile are written to the database and make no events.
/// A scope holds in the flow that opened it and in whatever that starts, such as a <c>Task.Run</c>; flows beside it are
/// not touched. It ends everywhere when it is disposed. Scopes nest and add up. A host runs requests and background
/// services in flows of its own: for those there is <c>host.Services.DisableDispatcher()</c>. Disposing of a scope whose flow
/// has ended before any save throws, as it has disabled nothing.
/// </summary>
public static class Dispatcher
{
    /// <summary>
    /// No listed model makes events, and no own event is triggered, until the returned scope is disposed.
    /// </summary>
    public static IDisposable Disable() => Open(DisabledModels.All);

    /// <summary>
    /// Instances of <typeparamref name="TModel"/>, or of a type derived from it, make no events until the returned scope is
    /// disposed, whichever model of the list they are captured as.
    /// </summary>
    /// <typeparam name="TModel">A model, or a base or interface of several.</typeparam>
    public static IDisposable Disable<TModel>()
        where TModel : class => Disable(typeof(TModel));

    /// <summary>As <see cref="Disable{TModel}()"/>, for several types.</summary>
    public static IDisposable Disable(params Type[] models) => Open(DisabledModels.Of(models));

    /// <summary>
    /// This instance alone, with what it owns and its links, makes no events until the returned scope is disposed. Compared
    /// by reference.
    /// </summary>
    /// <exception cref="ArgumentException">It is text or a number, such as the name of a model.</exception>
    public static IDisposable Disable(object instance) => Open(DisabledModels.OfInstance(instance));

    private static DispatcherScope Open(DisabledModels models)
    {
        var scope = new DispatcherScope(models) { IsOfFlow = true };
        DispatcherScopes.Installed.EnterFlow(scope);
        return scope;
    }
}
