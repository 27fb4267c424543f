using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Models;

namespace ModelEvents.Publishing;

/// <summary>Checks that the bus that events shall leave through is registered.</summary>
internal sealed class BusRegistration<TBus>(IServiceProviderIsService services) : IRegistrationCheck
    where TBus : class, IBus
{
    public IEnumerable<string> FindMistakes()
    {
        var add = typeof(TBus) == typeof(IBus) ? "AddMassTransit" : $"AddMassTransit<{typeof(TBus).Name}>";
        if (!services.IsService(typeof(TBus)))
            yield return $"The bus '{typeof(TBus).Name}' of 'PublishWithMassTransit' is not registered. "
                + $"Add 'services.{add}(...)', or call '.PublishWithMassTransit()' for a bus of ModelEvents' own.";
    }
}
