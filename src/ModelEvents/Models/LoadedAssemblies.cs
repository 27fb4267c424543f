using System.Reflection;

namespace ModelEvents.Models;

/// <summary>Where the program's own types are found that it names, or that declare something.</summary>
internal static class LoadedAssemblies
{
    private static readonly string? Contract = typeof(LoadedAssemblies).Assembly.GetName().Name;

    /// <summary>Every loaded assembly that uses ModelEvents, which the program itself does.</summary>
    public static IEnumerable<Assembly> WithModelEvents() =>
        AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic)
            .Where(assembly => assembly.GetReferencedAssemblies().Any(reference => reference.Name == Contract));

    /// <summary>Its types, as far as they can be loaded.</summary>
    public static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            return partly.Types.OfType<Type>();
        }
    }
}
