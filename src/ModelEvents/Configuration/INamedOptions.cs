namespace ModelEvents.Configuration;

/// <summary>Options of which some are under names that the user chooses.</summary>
internal interface INamedOptions
{
    /// <summary>The options under <paramref name="name"/>.</summary>
    object Of(string name);
}
