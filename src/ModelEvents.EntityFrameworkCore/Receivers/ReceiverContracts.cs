using System.Reflection;

namespace ModelEvents.Receivers;

/// <summary>Makes receivers of classes: one for each interface around a save that a class implements.</summary>
internal static class ReceiverContracts
{
    private static readonly Dictionary<Type, ReceiverKind> Kinds = new()
    {
        [typeof(IBeforeSave<>)] = ReceiverKind.BeforeSave,
        [typeof(IAfterSave<>)] = ReceiverKind.AfterSave,
        [typeof(IBeforeDelete<>)] = ReceiverKind.BeforeDelete,
        [typeof(IAfterDelete<>)] = ReceiverKind.AfterDelete,
        [typeof(ILinksChanged<>)] = ReceiverKind.LinksChanged,
        [typeof(IModelMaterialized<>)] = ReceiverKind.Materialized,
    };

    public static IEnumerable<Receiver> Of(ReceiverType registered)
    {
        foreach (var contract in registered.Type.GetInterfaces().Where(contract => contract.IsGenericType))
        {
            if (!Kinds.TryGetValue(contract.GetGenericTypeDefinition(), out var kind))
                continue;

            var model = contract.GenericTypeArguments[0];
            yield return new Receiver(
                registered.Name, kind, model, registered.Order, registered.Mode, registered.Type, NewCall(kind, model));
        }
    }

    private static ReceiverCall NewCall(ReceiverKind kind, Type model) =>
        typeof(ReceiverContracts).GetMethod($"{kind}Async", BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(model).CreateDelegate<ReceiverCall>();

    private static Task BeforeSaveAsync<T>(object? service, object model, object context, CancellationToken cancellation) =>
        ((IBeforeSave<T>)service!).BeforeSaveAsync((T)model, (SaveContext)context, cancellation);

    private static Task AfterSaveAsync<T>(object? service, object model, object context, CancellationToken cancellation) =>
        ((IAfterSave<T>)service!).AfterSaveAsync((T)model, (SaveContext)context, cancellation);

    private static Task BeforeDeleteAsync<T>(object? service, object model, object context, CancellationToken cancellation) =>
        ((IBeforeDelete<T>)service!).BeforeDeleteAsync((T)model, (DeleteContext)context, cancellation);

    private static Task AfterDeleteAsync<T>(object? service, object model, object context, CancellationToken cancellation) =>
        ((IAfterDelete<T>)service!).AfterDeleteAsync((T)model, (DeleteContext)context, cancellation);

    private static Task LinksChangedAsync<T>(object? service, object model, object context, CancellationToken cancellation) =>
        ((ILinksChanged<T>)service!).LinksChangedAsync((T)model, (LinksContext)context, cancellation);

    private static Task MaterializedAsync<T>(object? service, object model, object context, CancellationToken cancellation)
    {
        ((IModelMaterialized<T>)service!).ModelMaterialized((T)model, (MaterializedContext)context);
        return Task.CompletedTask;
    }
}
