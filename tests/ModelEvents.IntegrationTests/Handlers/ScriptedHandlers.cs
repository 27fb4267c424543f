using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Handlers;

internal abstract class ScriptedHandler(Script script) : IEventHandler
{
    public bool Wants(string eventName) => script.IsWanted(eventName);

    public Task HandleAsync(ModelEvent e, CancellationToken ct) => script.HandleAsync(this, e, ct);
}

internal sealed class Packer([FromKeyedServices(nameof(Packer))] Script script, WarehouseContext context)
    : ScriptedHandler(script)
{
    public WarehouseContext Context => context;
}

internal sealed class Mailer([FromKeyedServices(nameof(Mailer))] Script script) : ScriptedHandler(script);
