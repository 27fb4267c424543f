using Microsoft.Extensions.Options;
using ModelEvents.Publishing;

namespace ModelEvents.Dispatching;

/// <summary>
/// Looks from the start whether the exchanges are there, also in a process that stands by: when one is gone that was there, whoever
/// publishes next knows of it.
/// </summary>
internal sealed class FirstLook(
    IExchangeLook publisher, ExchangeWatch exchanges, IOptions<ModelEventsOptions> options, TimeProvider time)
{
    private readonly DispatcherOptions _options = options.Value.Dispatcher;

    /// <summary>Looks until all were found, or it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        string[] services =
        [
            .. options.Value.Models.Select(model => model.ServiceName).Append(options.Value.ServiceName)
                .OfType<string>().Where(service => service.Length > 0).Distinct(StringComparer.Ordinal),
        ];
        for (var failures = 0; !stopping.IsCancellationRequested; failures++)
        {
            foreach (var service in services.Where(service => !exchanges.IsThere(service)))
                await TryLookAsync(service, stopping).ConfigureAwait(false);
            if (services.All(exchanges.IsThere))
                return;

            var rest = Backoff.Delay(failures, _options.RetryDelay, _options.MaxRetryDelay);
            await Task.Delay(rest, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryLookAsync(string service, CancellationToken stopping)
    {
        try
        {
            await publisher.LookAsync(service, stopping).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is missing, or the broker is away: whoever publishes tells of it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
