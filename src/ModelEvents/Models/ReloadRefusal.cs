using Microsoft.Extensions.Logging;
using ModelEvents.Configuration;
using ModelEvents.Diagnostics;

namespace ModelEvents.Models;

/// <summary>
/// Says whether a changed configuration must not take effect because a part of it is missing, tells once why one does not, and
/// degrades the health until one does.
/// </summary>
internal sealed class ReloadRefusal(
    ConfigurationSources sources, HealthConditions conditions, TimeProvider time, ILogger<ReloadRefusal> logger) : IDisposable
{
    private const string Condition = "model-list";

    // A provider that cannot parse its file tells nobody of the reload: it throws where its watcher calls it.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private volatile string? _missing;
    private string? _mistakes;
    private ITimer? _looking;

    /// <summary>What the sources of the configuration have now.</summary>
    public ConfigurationState Look() => sources.Look();

    /// <summary>Whether something of what is in force was missing when the configuration was read, before or after.</summary>
    public bool IsMissing(ConfigurationState before)
    {
        if ((sources.MissingIn(before) ?? sources.MissingIn(sources.Look())) is not { } missing)
            return false;

        Degrade(missing);
        if (missing != _missing)
            Log.SourceMissing(logger, missing);
        _missing = missing;
        return true;
    }

    /// <summary>The configuration has mistakes.</summary>
    public void Mistaken(string mistakes)
    {
        Degrade($"The changed configuration has mistakes. {mistakes}");
        if (mistakes != _mistakes)
            Log.ReloadRefused(logger, mistakes);
        (_missing, _mistakes) = (null, mistakes);
    }

    /// <summary>Reading the configuration failed.</summary>
    public void Failed(Exception exception)
    {
        Degrade($"The changed configuration could not be read. {exception.Message}");
        Log.ReloadFailed(logger, exception);
    }

    /// <summary>The configuration is in force as its sources have it in <paramref name="state"/>.</summary>
    public void End(ConfigurationState state)
    {
        sources.TakeIntoForce(state);
        (_missing, _mistakes) = (null, null);
        if (conditions.End(Condition))
            Log.ConfigurationBack(logger);
    }

    /// <summary>Calls <paramref name="reload"/> when a source is missing, or is there again, and nobody has told so.</summary>
    public void Watch(Action reload)
    {
        if (sources.Any)
            _looking ??= time.CreateTimer(_ => Look(reload), state: null, LookInterval, LookInterval);
    }

    public void Dispose() => _looking?.Dispose();

    private void Look(Action reload)
    {
        if (sources.MissingIn(sources.Look()) != _missing)
            reload();
    }

    private void Degrade(string what) =>
        conditions.Begin(Condition, HealthConditionKind.Degrades, $"The model list stays as it was. {what}");
}
