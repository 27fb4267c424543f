using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Configuration;

/// <summary>
/// Tells sources of the configuration that cannot be read from those that say something else. A file that is missing or half
/// written at a reload leaves its provider without a single key, as if somebody had taken everything out of it.
/// </summary>
internal sealed class ConfigurationSources
{
    private readonly Place[] _places;
    private volatile ConfigurationState _inForce = new([]);

    public ConfigurationSources(IEnumerable<ConfigurationBinding> bindings, IServiceProvider services)
    {
        var host = services.GetService<IConfiguration>() as IConfigurationRoot;
        _places = [.. bindings.Select(binding => new Place(binding.Configuration, RootOf(binding.Configuration, host)))];
    }

    /// <summary>Whether something of what is in force came from a configuration.</summary>
    public bool Any => _inForce.Sources.Any(source => source.IsUsed);

    /// <summary>What every source has now.</summary>
    public ConfigurationState Look() => new([.. _places.SelectMany(place => place.Look())]);

    /// <summary>Notes what is in force from now on.</summary>
    public void TakeIntoForce(ConfigurationState state) => _inForce = state;

    /// <summary>What is in force and missing in <paramref name="state"/>, in whole sentences, or <see langword="null"/>.</summary>
    public string? MissingIn(ConfigurationState state) => state.MissingOf(_inForce);

    // A section does not tell its root, but hands out that one's token.
    private static IConfigurationRoot? RootOf(IConfiguration configuration, IConfigurationRoot? host) =>
        configuration as IConfigurationRoot
        ?? (host is not null && ReferenceEquals(host.GetReloadToken(), configuration.GetReloadToken()) ? host : null);

    /// <summary>A configuration that the options are bound to, and the keys of its that they may come from.</summary>
    private sealed class Place
    {
        private readonly IConfiguration _configuration;
        private readonly IConfigurationRoot? _root;
        private readonly string[] _used;
        private readonly string[] _lists;

        public Place(IConfiguration configuration, IConfigurationRoot? root)
        {
            (_configuration, _root) = (configuration, root);
            var list = ConfigurationPath.Combine(ModelEventsOptions.SectionName, nameof(ModelEventsOptions.Models));
            var isSection = configuration is IConfigurationSection;
            _lists = [.. isSection ? [nameof(ModelEventsOptions.Models)] : Array.Empty<string>(), list, CrudEventList.Key];
            _used = isSection ? [""] : [ModelEventsOptions.SectionName, CrudEventList.Key, .. CrudEventList.KeysBeside];
        }

        public IEnumerable<ConfigurationSource> Look() => _root is null
            ? [Look(_configuration, "The configuration", HasKey, _configuration.GetChildren().Any())]
            : ProvidersOf(_root).Select(provider => Look(
                provider,
                $"{provider}",
                key => HasKey(provider, key),
                provider.GetChildKeys([], parentPath: null).Any()));

        private ConfigurationSource Look(object source, string name, Func<string, bool> hasKey, bool hasAnyKey) =>
            new(source, name, hasAnyKey, _used.Any(hasKey), _lists.Any(hasKey));

        private bool HasKey(IConfigurationProvider provider, string key)
        {
            var path = _configuration is not IConfigurationSection section ? key
                : key.Length == 0 ? section.Path
                : ConfigurationPath.Combine(section.Path, key);
            return provider.TryGet(path, out _) || provider.GetChildKeys([], path).Any();
        }

        private bool HasKey(string key)
        {
            var section = key.Length == 0 ? _configuration : _configuration.GetSection(key);
            return section is IConfigurationSection { Value: not null } || section.GetChildren().Any();
        }

        private static IEnumerable<IConfigurationProvider> ProvidersOf(IConfigurationRoot root) =>
            root.Providers.SelectMany(provider => provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner }
                ? ProvidersOf(inner)
                : [provider]);
    }
}
