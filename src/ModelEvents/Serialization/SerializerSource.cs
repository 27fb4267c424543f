using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Models;

namespace ModelEvents.Serialization;

/// <summary>
/// Makes the serializers of listed models, once each, and hands them to <see cref="BodySerializer"/>.
/// </summary>
internal sealed class SerializerSource(IServiceProvider services, RegisteredServices registered)
{
    private readonly Dictionary<Type, object> _instances = [];

    /// <summary>
    /// <paramref name="models"/> with their serializers. One that cannot be made becomes a mistake. Called by one
    /// thread at a time.
    /// </summary>
    public IReadOnlyList<ListedModel> Attach(
        IReadOnlyList<ListedModel> models, ModelEventsOptions options, ICollection<string> mistakes)
    {
        var json = BodySerializer.JsonFor(options);
        return
        [
            .. models.Select(model => model.SerializerType is { } type && GetInstance(type, mistakes) is { } serializer
                ? model with { Serializer = BodySerializer.For(model, serializer, json) }
                : model),
        ];
    }

    private object? GetInstance(Type type, ICollection<string> mistakes)
    {
        if (_instances.TryGetValue(type, out var existing))
            return existing;

        if (registered.LifetimeOf(type) == ServiceLifetime.Scoped)
        {
            mistakes.Add($"The serializer '{TypeNames.Of(type)}' is registered as scoped, but it is made once for all "
                + "saves. Register it as a singleton, or not at all.");
            return null;
        }

        try
        {
            return _instances[type] = ActivatorUtilities.GetServiceOrCreateInstance(services, type);
        }
#pragma warning disable CA1031 // A constructor of the user's may throw anything; it is told with the other mistakes.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            mistakes.Add($"The serializer '{TypeNames.Of(type)}' cannot be made: {exception.Message} "
                + "Register what its constructor needs as singletons.");
            return null;
        }
    }
}
