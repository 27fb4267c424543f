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
    private volatile string? _failure;
    private string? _mistakes;
    private ITimer? _looking;

    /// <summary>What the sources of the configuration have now.</summary>
    public ConfigurationState Look() => sources.Look();

    /// <summary>Whether something of what is in force is missing in <paramref name="state"/>.</summary>
    public bool IsMissing(ConfigurationState state)
    {
        if (sources.MissingIn(state) is not { } missing)
            return false;

        Degrade(missing);
        if (missing != _missing)
            Log.SourceMissing(logger, missing);
        (_missing, _failure) = (missing, null);
        return true;
    }

    /// <summary>The configuration has mistakes.</summary>
    public void Mistaken(string mistakes)
    {
        Degrade($"The changed configuration has mistakes. {mistakes}");
        if (mistakes != _mistakes)
            Log.ReloadRefused(logger, mistakes);
        (_missing, _failure, _mistakes) = (null, null, mistakes);
    }

    /// <summary>Reading the configuration failed.</summary>
    public void Failed(Exception exception)
    {
        Degrade($"The changed configuration could not be read. {exception.Message}");
        var failure = $"{exception.GetType()}: {exception.Message}";
        if (failure != _failure)
            Log.ReloadFailed(logger, exception);
        _failure = failure;
    }

    /// <summary>The configuration is in force as its sources have it in <paramref name="state"/>.</summary>
    public void End(ConfigurationState state)
    {
        sources.TakeIntoForce(state);
        (_missing, _failure, _mistakes) = (null, null, null);
        if (conditions.End(Condition))
            Log.ConfigurationBack(logger);
    }

    /// <summary>
    /// Calls <paramref name="reload"/> when a source is missing, or is there again, and nobody has told so, and after a failure.
    /// </summary>
    public void Watch(Action reload)
    {
        if (sources.Any)
            _looking ??= time.CreateTimer(_ => Look(reload), state: null, LookInterval, LookInterval);
    }

    public void Dispose() => _looking?.Dispose();

    private void Look(Action reload)
    {
        try
        {
            if (_failure is not null || sources.MissingIn(sources.Look()) != _missing)
                reload();
        }
#pragma warning disable CA1031 // A timer's callback that throws ends the process, and the providers are others' code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception);
        }
    }

    private void Degrade(string what) =>
        conditions.Begin(Condition, HealthConditionKind.Degrades, $"The model list stays as it was. {what}");
}
