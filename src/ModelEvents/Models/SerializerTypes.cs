using System.Reflection;
using ModelEvents.Configuration;

namespace ModelEvents.Models;

/// <summary>Finds the serializers that a configuration names.</summary>
/// <param name="assemblies">Where to look.</param>
internal sealed class SerializerTypes(IEnumerable<Assembly> assemblies)
{
    private readonly Lazy<IReadOnlyList<Type>> _types =
        new(() => [.. assemblies.Distinct().SelectMany(LoadedAssemblies.TypesOf)]);

    /// <summary>
    /// Looks in the assemblies of <paramref name="models"/> and in every loaded assembly that uses ModelEvents, which
    /// the program itself does.
    /// </summary>
    public static SerializerTypes For(IEnumerable<Type> models) =>
        new([.. LoadedAssemblies.WithModelEvents(), .. models.Select(model => model.Assembly)]);

    /// <summary>The serializer named <paramref name="name"/> for <paramref name="model"/>, or else a mistake.</summary>
    public Type? Find(string name, KnownModel model, ICollection<string> mistakes)
    {
        var named = Named(name);
        var fitting = named.Where(type => CanSerialize(type, model.ClrType)).ToList();
        if (TypeNames.Find(fitting, TypeNames.Of, NameIn(name)) is [var found])
            return found;

        mistakes.Add($"The serializer '{name}' of model '{model.Name}' " + (fitting, named) switch
        {
            ({ Count: > 0 }, _) => $"is ambiguous. Write {Quote(fitting)}.",
            (_, { Count: > 0 }) => $"does not implement 'IModelSerializer<{model.ClrType.Name}>'. "
                + $"Let {Quote(named)} implement it, or name a class that does.",
            _ => "is not in any loaded assembly that uses ModelEvents. "
                + Nearest.Hint(name, _types.Value.Where(IsSerializer).Select(TypeNames.Of), "Serializers there are"),
        });
        return null;
    }

    // With an assembly, as in 'Shop.Events.OrderSerializer, Shop.Events', the type is loaded if need be.
    private IReadOnlyList<Type> Named(string name) => NameIn(name) == name
        ? [.. _types.Value.Where(type => TypeNames.EndsWith(TypeNames.Of(type), name))]
        : Type.GetType(name, throwOnError: false) is { } type ? [type] : [];

    private static string NameIn(string name) => name.Split(',')[0];

    private static string Quote(IEnumerable<Type> types) => Nearest.Quote(types.Select(TypeNames.Of).Take(5), "or");

    private static bool CanSerialize(Type type, Type model) =>
        IsConcrete(type) && type.IsAssignableTo(typeof(IModelSerializer<>).MakeGenericType(model));

    private static bool IsSerializer(Type type) =>
        IsConcrete(type) && type.GetInterfaces().Any(contract =>
            contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IModelSerializer<>));

    private static bool IsConcrete(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false };
}
