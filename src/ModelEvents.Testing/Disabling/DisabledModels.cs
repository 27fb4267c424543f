using System.Collections;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Testing;

/// <summary>What a scope disables, by instance or by type.</summary>
internal sealed class DisabledModels : IChangeFilter
{
    private readonly Func<object, bool> _includes;

    private DisabledModels(Func<object, bool> includes) => _includes = includes;

    public static DisabledModels All { get; } = new(_ => true) { IsAll = true };

    private bool IsAll { get; init; }

    public static DisabledModels Of(params Type[] types)
    {
        ArgumentNullException.ThrowIfNull(types);
        foreach (var type in types)
            ArgumentNullException.ThrowIfNull(type, nameof(types));
        Type[] given = [.. types];
        return new DisabledModels(instance => given.Any(type => type.IsInstanceOfType(instance)));
    }

    public static DisabledModels OfInstance(object instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (instance is string or ValueType or ICollection)
        {
            throw new ArgumentException(
                $"'{instance}' is no instance of a model. Pass one instance itself, or name a model by its type.",
                nameof(instance));
        }

        return new DisabledModels(changed => ReferenceEquals(changed, instance));
    }

    public bool Excludes(ModelListProvider lists, ListedModel model, object instance) => _includes(instance);

    public bool ExcludesOwn(ModelListProvider lists) => IsAll;
}
