using ModelEvents.Models;

namespace ModelEvents.Capture;

/// <summary>Keeps changes from becoming events. Only tests install one.</summary>
internal interface IChangeFilter
{
    /// <summary>
    /// Whether a change of <paramref name="instance"/> stays without an event. Called by the save, in its own flow.
    /// </summary>
    /// <param name="lists">The host that saves, known by its model list.</param>
    /// <param name="model">The changed model.</param>
    /// <param name="instance">The changed instance.</param>
    bool Excludes(ModelListProvider lists, ListedModel model, object instance);

    /// <summary>Whether an own event, which is of no model, is not triggered. Called in the flow that triggers it.</summary>
    bool ExcludesOwn(ModelListProvider lists);
}
