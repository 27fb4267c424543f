using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using ModelEvents.Configuration;
using ModelEvents.Receivers;

namespace ModelEvents.Models;

/// <summary>Holds the model list in force and replaces it when the configuration changes.</summary>
public sealed class ModelListProvider : IDisposable
{
    private readonly ModelListLoader _loader;
    private readonly LifeCycleReceivers<IModelListReloaded> _receivers;
    private readonly ILogger<ModelListProvider> _logger;
    private readonly IReadOnlyList<IDisposable> _subscriptions;
    private readonly HashSet<string> _loggedConflicts = [];
    private readonly HashSet<(string Model, CaptureSource Source)> _toldSources = [];
    private readonly Lock _loading = new();
    private readonly ReloadRefusal _refusal;
    private volatile ModelList? _current;

    internal ModelListProvider(
        ModelListLoader loader,
        IEnumerable<ConfigurationBinding> bindings,
        LifeCycleReceivers<IModelListReloaded> receivers,
        ReloadRefusal refusal,
        ILogger<ModelListProvider> logger)
    {
        (_loader, _receivers, _refusal, _logger) = (loader, receivers, refusal, logger);
        _subscriptions =
            [.. bindings.Select(binding => ChangeToken.OnChange(binding.Configuration.GetReloadToken, Reload))];
    }

    /// <summary>
    /// The list in force. Resolved on first use, or at start-up.
    /// </summary>
    /// <exception cref="OptionsValidationException">The configuration has mistakes.</exception>
    public ModelList Current => _current ?? Resolve([]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
    }

    /// <summary>
    /// Resolves the list, unless it is, and reports its mistakes together with <paramref name="others"/>.
    /// </summary>
    internal ModelList Resolve(IReadOnlyCollection<string> others)
    {
        lock (_loading)
        {
            if (_current is { } resolved && others.Count == 0)
                return resolved;

            var state = _refusal.Look();
            var loaded = _loader.Load();
            if (loaded.Mistakes.Count + others.Count > 0)
            {
                throw new OptionsValidationException(
                    Options.DefaultName, typeof(ModelEventsOptions), [.. loaded.Mistakes, .. others]);
            }

            TakeIntoForce(loaded, state);
            _refusal.Watch(Reload);
            return loaded.List;
        }
    }

    // File providers report one change more than once: what was refused is not reported again, what is in force stays.
    private void Reload()
    {
        lock (_loading)
        {
            if (_current is not { } current)
                return;

            try
            {
                Reload(current);
            }
#pragma warning disable CA1031 // The callback of a configuration reload must not throw, whatever a user's code did.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _refusal.Failed(exception);
            }
        }
    }

    private void Reload(ModelList current)
    {
        var state = _refusal.Look();
        if (_refusal.IsMissing(state))
            return;

        // A source may have gone while it was read.
        var loaded = _loader.Load();
        if (_refusal.IsMissing(_refusal.Look()))
            return;

        loaded = loaded with { List = KeepSources(current, loaded.List) };
        if (loaded.Mistakes.Count > 0)
            _refusal.Mistaken(string.Join(Environment.NewLine, loaded.Mistakes));
        else if (loaded.List == current)
            _refusal.End(state);
        else
            Tell(current, TakeIntoForce(loaded, state));
    }

    // A model's changes would be missed between one source and the other: the log has a table once that is set up.
    private ModelList KeepSources(ModelList current, ModelList loaded) => loaded with
    {
        Models = [.. loaded.Models.Select(model => KeepSource(current.Models.FirstOrDefault(its => its.Identity == model.Identity), model))],
    };

    private ListedModel KeepSource(ListedModel? before, ListedModel now)
    {
        var kept = before?.Capture ?? CaptureSource.Tracker;
        if (kept == now.Capture)
        {
            _toldSources.RemoveWhere(told => told.Model == now.Name);
            return now;
        }

        if (_toldSources.Add((now.Name, now.Capture)))
            Log.SourceKept(_logger, now.Capture, now.Name, kept);
        return now with { Capture = kept };
    }

    private ModelList TakeIntoForce(LoadedModelList loaded, ConfigurationState state)
    {
        // One that was mended and is there again is told again.
        _loggedConflicts.IntersectWith(loaded.Conflicts);
        foreach (var conflict in loaded.Conflicts.Where(_loggedConflicts.Add))
            Log.EntriesDiffer(_logger, conflict);

        var (before, now) = (_current?.Models ?? [], loaded.List.Models);
        Log.ModelListInForce(
            _logger,
            now.Count,
            Names(now.ExceptBy(before.Select(model => model.Name), model => model.Name)),
            Names(before.ExceptBy(now.Select(model => model.Name), model => model.Name)));

        _current = loaded.List;
        _refusal.End(state);
        return loaded.List;
    }

    private void Tell(ModelList before, ModelList now) => _receivers.Call(
        [now],
        (receiver, list) =>
        {
            receiver.ModelListReloaded(before, list);
            return Task.CompletedTask;
        },
        isRobust: true);

    private static string Names(IEnumerable<ListedModel> models) =>
        models.Select(model => model.Name).ToList() is { Count: > 0 } names ? string.Join(", ", names) : "none";
}
