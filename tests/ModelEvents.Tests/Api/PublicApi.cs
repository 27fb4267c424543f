extern alias ForNUnit;

using System.Reflection;
using System.Runtime.CompilerServices;

namespace ModelEvents.Tests.Api;

/// <summary>The public API of the packages as text, one line for each type and each member that it declares.</summary>
internal static class PublicApi
{
    public static readonly IReadOnlyList<Type> Types =
        [
            .. new[]
            {
                typeof(ModelEventsOptions),
                typeof(Microsoft.EntityFrameworkCore.ModelEventsDbContextOptionsExtensions),
                typeof(Microsoft.Extensions.DependencyInjection.PostgreSqlCaptureExtensions),
                typeof(Microsoft.AspNetCore.Builder.TriggerRulesEndpointRouteBuilderExtensions),
                typeof(Microsoft.Extensions.DependencyInjection.MassTransitModelEventsBuilderExtensions),
                typeof(Microsoft.Extensions.DependencyInjection.RabbitMqModelEventsBuilderExtensions),
                typeof(ModelEvents.Testing.Dispatcher),
                typeof(ModelEvents.Testing.DisableDispatcherAttribute),
                typeof(ForNUnit::ModelEvents.Testing.DisableDispatcherAttribute),
            }.SelectMany(type => type.Assembly.GetExportedTypes()),
        ];

    public static IEnumerable<string> Lines() =>
        from type in Types
        orderby type.FullName
        from line in MembersOf(type).Order(StringComparer.Ordinal).Prepend(Heading(type))
        select line;

    private static string Heading(Type type)
    {
        var implied = type.GetInterfaces().SelectMany(contract => contract.GetInterfaces());
        var parents = type.GetInterfaces().Where(contract => contract.IsPublic).Except(implied).Select(NameOf)
            .Order(StringComparer.Ordinal);
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object))
            parents = parents.Prepend(NameOf(parent)).Order(StringComparer.Ordinal);

        var heading = $"{KindOf(type)} {type.Namespace}.{NameOf(type)}";
        return type.IsInterface || type.IsClass ? $"{heading} : {string.Join(", ", parents)}".TrimEnd(':', ' ') : heading;
    }

    private static string KindOf(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static IEnumerable<string> MembersOf(Type type) => type.IsEnum
        ? Enum.GetNames(type).Select(name => $"  {name} = {(int)Enum.Parse(type, name)}")
        : type.GetMembers(
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
                | BindingFlags.DeclaredOnly)
            .Select(Describe)
            .OfType<string>();

    private static string? Describe(MemberInfo member) => member switch
    {
        FieldInfo field when IsSeen(field.Attributes) => $"  {NameOf(field.FieldType)} {field.Name}",
        PropertyInfo property when property.GetMethod is { } get && IsSeen(get) =>
            $"  {Static(get)}{NameOf(property.PropertyType)} {property.Name} {{ get;{Setter(property)} }}",
        ConstructorInfo made when IsSeen(made) => $"  new({Parameters(made)})",
        MethodInfo { IsSpecialName: false } method when IsSeen(method) && !IsGenerated(method) =>
            $"  {Static(method)}{NameOf(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        _ => null,
    };

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // What the compiler adds to every record.
    private static bool IsGenerated(MethodInfo method) => method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static bool IsSeen(FieldAttributes field) =>
        (field & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family;

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static string Setter(PropertyInfo property) => property.SetMethod is not { } set || !IsSeen(set) ? ""
        : set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : " set;";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(
        ", ",
        method.GetParameters().Select(parameter =>
            $"{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? " = ..." : "")}"));

    private static string NameOf(Type type)
    {
        if (type.IsArray)
            return $"{NameOf(type.GetElementType()!)}[]";

        var name = type.Name.Split('`')[0];
        return type.IsGenericType
            ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : name;
    }
}
