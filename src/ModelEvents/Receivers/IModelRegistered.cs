using ModelEvents.Models;

namespace ModelEvents;

/// <summary>Called once for each listed model when the host starts, before anything is dispatched.</summary>
public interface IModelRegistered : IModelReceiver
{
    /// <summary>Called when the list was found to be without mistakes. Throwing stops the start.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token of the start.</param>
    Task ModelRegisteredAsync(ListedModel model, CancellationToken cancellationToken);
}
