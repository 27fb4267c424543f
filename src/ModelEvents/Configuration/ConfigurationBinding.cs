using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ModelEvents.Configuration;

/// <summary>Sets the options from a configuration, in either of the two shapes.</summary>
/// <param name="configuration">The root that has the section <c>ModelEvents</c>, or that section itself.</param>
internal sealed class ConfigurationBinding(IConfiguration configuration) : IConfigureOptions<ModelEventsOptions>
{
    /// <summary>Where the options come from.</summary>
    public IConfiguration Configuration => configuration;

    /// <summary>
    /// Whether <paramref name="other"/> is the same; a section is a new object each time it is asked for.
    /// </summary>
    public bool IsOf(IConfiguration other) =>
        ReferenceEquals(configuration, other)
        || (configuration is IConfigurationSection own
            && other is IConfigurationSection section
            && own.Path == section.Path);

    /// <inheritdoc/>
    public void Configure(ModelEventsOptions options)
    {
        // The Django list first: where both say something, the section has the last word.
        CrudEventList.Bind(configuration, options);
        new SectionBinder(options.Mistakes).Bind(Section, options);
        options.MisnamedSection ??= Misnamed();
    }

    private IConfiguration Section
    {
        get
        {
            var section = configuration.GetSection(ModelEventsOptions.SectionName);
            var isTheSection = configuration is IConfigurationSection
                && !section.Exists()
                && !configuration.GetSection(CrudEventList.Key).Exists();

            return isTheSection ? configuration : section;
        }
    }

    private string? Misnamed() => configuration.GetChildren()
        .Where(child => !child.Key.Equals(ModelEventsOptions.SectionName, StringComparison.OrdinalIgnoreCase))
        .Where(child => child.GetSection(nameof(ModelEventsOptions.Models)).Exists()
            || child.GetSection(nameof(ModelEventsOptions.ServiceName)).Exists())
        .Select(child => child.Key)
        .FirstOrDefault(key => Nearest.Suggestion(key, [ModelEventsOptions.SectionName]) is not null);
}
