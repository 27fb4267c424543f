using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Receivers;

/// <summary>The receivers of what contexts do beside saving. EF Core is only asked to tell what somebody receives.</summary>
internal sealed class ContextReceivers(
    ModelReceivers receivers,
    LifeCycleReceivers<IConnectionCreated> connections,
    MigrateReceivers migrations,
    IServiceProvider root,
    ILogger<ContextReceivers> log)
{
    public IReadOnlyList<IInterceptor> Interceptors { get; } =
    [
        .. connections.Any ? [new ConnectionInterceptor(connections)] : (IInterceptor[])[],
        .. receivers.All.All.Any(receiver => receiver.Kind == ReceiverKind.Materialized)
            ? [MaterializationInterceptor.Instance]
            : (IInterceptor[])[],
    ];

    public MigrateReceivers Migrations => migrations;

    public void Materialized(DbContext context, IEntityType type, object model)
    {
        var called = receivers.All.Of(type)[ReceiverKind.Materialized];
        if (called.Length == 0)
            return;

        using var services = new ReceiverServices(context, root);
        var told = new MaterializedContext(context);
        foreach (var receiver in called)
            Call(receiver, services, model, told);
    }

    private void Call(Receiver receiver, ReceiverServices services, object model, MaterializedContext told)
    {
        try
        {
            receiver.Call(services.Get(receiver.Service!), model, told, CancellationToken.None).ThrowIfFailed();
        }
        catch (Exception exception) when (receiver.Mode == SendMode.SendRobust)
        {
            Capture.Log.ReceiverFailed(log, exception, receiver.Name, receiver.Kind);
        }
    }
}
