using ModelEvents.Models;

namespace ModelEvents;

/// <summary>Called when a changed model list has come into force while the program runs.</summary>
public interface IModelListReloaded : IModelReceiver
{
    /// <summary>Called by the thread that reloads the configuration. An exception is logged, and the list stays in force.</summary>
    /// <param name="before">The list that was in force.</param>
    /// <param name="now">The list that is.</param>
    void ModelListReloaded(ModelList before, ModelList now);
}
