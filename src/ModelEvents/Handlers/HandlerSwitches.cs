using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using ModelEvents.Configuration;

namespace ModelEvents.Handlers;

/// <summary>Which handlers are switched on, by a configuration that may change at any time.</summary>
internal sealed class HandlerSwitches : IDisposable
{
    private readonly HandlerType[] _handlers;
    private readonly ILogger<HandlerSwitches> _log;
    private readonly List<IDisposable?> _subscriptions = [];
    private readonly ConfigurationSources? _sources;
    private readonly Lock _changing = new();
    private volatile HashSet<string> _on;
    private TaskCompletionSource _change = New();

    /// <param name="handlers">The handlers that are registered.</param>
    /// <param name="services">Where the options are, which nobody watches where there are no handlers.</param>
    /// <param name="log">Where a change is told.</param>
    public HandlerSwitches(IEnumerable<HandlerType> handlers, IServiceProvider services, ILogger<HandlerSwitches> log)
    {
        (_handlers, _log, _on) = ([.. handlers], log, []);
        if (_handlers.Length == 0)
            return;

        _sources = services.GetRequiredService<ConfigurationSources>();
        var monitor = services.GetRequiredService<IOptionsMonitor<ModelEventsOptions>>();
        _on = OnIn(monitor.CurrentValue);
        _subscriptions.Add(monitor.OnChange(Change));

        // The monitor does not watch the configuration of ModelEvents, most of which needs a restart.
        var factory = services.GetRequiredService<IOptionsFactory<ModelEventsOptions>>();
        foreach (var binding in services.GetServices<ConfigurationBinding>())
            _subscriptions.Add(ChangeToken.OnChange(binding.Configuration.GetReloadToken, () => Reload(factory)));
    }

    public bool IsOn(string handler) => _on.Contains(handler);

    /// <summary>Waits until the handler is on.</summary>
    public async Task UntilOnAsync(string handler, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = Volatile.Read(ref _change).Task;
            if (IsOn(handler))
                return;

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription?.Dispose());

    private void Reload(IOptionsFactory<ModelEventsOptions> options)
    {
        try
        {
            Change(options.Create(Options.DefaultName));
        }
#pragma warning disable CA1031 // The callback of a configuration reload must not throw, whatever a user's code did.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.SwitchesNotRead(_log, exception);
        }
    }

    /// <summary>A configuration with mistakes, or that cannot be read, changes nothing; the model list tells of it.</summary>
    private void Change(ModelEventsOptions options)
    {
        if (options.Mistakes.Count > 0 || _sources?.MissingIn(_sources.Look()) is not null)
            return;

        lock (_changing)
        {
            var (before, now) = (_on, OnIn(options));
            if (before.SetEquals(now))
                return;

            _on = now;
            foreach (var name in now.Except(before))
                Log.HandlerOn(_log, name);
            foreach (var name in before.Except(now))
                Log.HandlerOff(_log, name);

            Interlocked.Exchange(ref _change, New()).SetResult();
        }
    }

    private HashSet<string> OnIn(ModelEventsOptions options) =>
        [.. _handlers.Select(handler => handler.Name).Where(options.Handlers.IsOn)];

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
