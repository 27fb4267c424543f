namespace ModelEvents.Models;

/// <summary>Holds the model list in force and replaces it when the configuration changes.</summary>
public sealed class ModelListProvider
{
    /// <summary>
    /// The list in force. Resolved on first use, or at start-up.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The list has mistakes.</exception>
    public ModelList Current { get; internal set; } = ModelList.Empty;
}
