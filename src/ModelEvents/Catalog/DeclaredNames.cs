using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using ModelEvents.Models;

namespace ModelEvents.Catalog;

/// <summary>
/// The own events that this process declares. A class that holds declarations runs them when it is first used, which may be
/// long after the catalog is asked: so the loaded assemblies are searched for such classes, each assembly once.
/// </summary>
internal static class DeclaredNames
{
    private static readonly ConcurrentDictionary<string, EventName> Names = [];
    private static readonly ConcurrentDictionary<string, string> Found = [];
    private static readonly HashSet<Assembly> Searched = [];
    private static readonly Lock Searching = new();

    /// <summary>All of them, in the order of their names.</summary>
    public static IReadOnlyList<EventName> All
    {
        get
        {
            Search();
            return [.. Names.Values.OrderBy(declared => declared.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>What is wrong with them, two sentences each.</summary>
    public static IReadOnlyList<string> Mistakes
    {
        get
        {
            Search();
            return [.. Found.Values.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Takes a declaration, and returns the first one of the same name.</summary>
    public static EventName Add(EventName declared)
    {
        var first = Names.GetOrAdd(declared.Name, declared);
        if (!first.IsLike(declared))
        {
            Found[declared.Name] = $"The event '{declared.Name}' is declared twice, and not alike: '{first.Description}' and "
                + $"'{declared.Description}'. Keep one of the declarations.";
        }

        return first;
    }

    public static bool Contains(string name)
    {
        if (Names.ContainsKey(name))
            return true;

        Search();
        return Names.ContainsKey(name);
    }

    private static void Search()
    {
        lock (Searching)
        {
            foreach (var assembly in LoadedAssemblies.WithModelEvents().Where(Searched.Add))
            {
                foreach (var type in LoadedAssemblies.TypesOf(assembly).Where(Declares))
                    Run(type);
            }
        }
    }

    private static bool Declares(Type type) =>
        !type.ContainsGenericParameters
        && type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Any(field => field.FieldType == typeof(EventName));

    [SuppressMessage("Design", "CA1031", Justification = "Told with all other mistakes, whatever it is.")]
    private static void Run(Type type)
    {
        try
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }
        catch (TypeInitializationException exception)
        {
            var reason = exception.InnerException ?? exception;
            Found[TypeNames.Of(type)] = $"The declarations in '{TypeNames.Of(type)}' cannot be run: {reason.Message} "
                + "Correct them.";
        }
    }
}
