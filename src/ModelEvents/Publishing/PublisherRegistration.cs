using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Publishing;

/// <summary>The call that asked for a publisher. Only one can be in force, and which must not hang on the order of calls.</summary>
/// <param name="Call">The call, such as <c>PublishToRabbitMq</c>.</param>
internal sealed record PublisherRegistration(string Call)
{
    /// <summary>Notes that <paramref name="call"/> asked for a publisher, and which of the application's own is there before.</summary>
    public static void Note(IServiceCollection services, string call)
    {
        var noted = services.Where(service => !service.IsKeyedService)
            .Select(service => service.ImplementationInstance).OfType<PublisherRegistration>().ToHashSet();
        var own = services.FirstOrDefault(service => !service.IsKeyedService && service.ServiceType == typeof(IEventPublisher));
        if (noted.Count == 0 && (own?.ImplementationType ?? own?.ImplementationInstance?.GetType()) is { } type)
            services.AddSingleton(new PublisherRegistration(type.Name));
        if (!noted.Contains(new PublisherRegistration(call)))
            services.AddSingleton(new PublisherRegistration(call));
    }

    /// <summary>What is wrong with the publishers that were asked for.</summary>
    public static IEnumerable<string> MistakesIn(IEnumerable<PublisherRegistration> registrations)
    {
        var calls = registrations.Select(registration => $"'{registration.Call}'").ToArray();
        if (calls.Length > 1)
            yield return $"Several publishers are registered, by {string.Join(" and by ", calls)}: each event leaves through one "
                + "of them alone. Keep one call.";
    }
}
