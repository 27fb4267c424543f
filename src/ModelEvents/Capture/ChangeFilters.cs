using ModelEvents.Models;

namespace ModelEvents.Capture;

/// <summary>The filters of this process. There are none outside of tests, and then asking costs nothing.</summary>
internal static class ChangeFilters
{
    private static readonly Lock Installing = new();
    private static volatile IChangeFilter[] _installed = [];

    public static bool Any => _installed.Length > 0;

    public static void Install(IChangeFilter filter)
    {
        lock (Installing)
            _installed = [.. _installed, filter];
    }

    /// <inheritdoc cref="IChangeFilter.Excludes"/>
    public static bool Excludes(ModelListProvider lists, ListedModel model, object instance)
    {
        foreach (var filter in _installed)
        {
            if (filter.Excludes(lists, model, instance))
                return true;
        }

        return false;
    }

    /// <inheritdoc cref="IChangeFilter.ExcludesOwn"/>
    public static bool ExcludesOwn(ModelListProvider lists) =>
        Array.Exists(_installed, filter => filter.ExcludesOwn(lists));
}
