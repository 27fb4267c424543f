using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace ModelEvents.Consuming;

/// <summary>A channel to bind with, replaced by another once it was closed, as it is by what is missing or refused.</summary>
internal sealed class BindingChannel(IConnection connection, ILogger log)
{
    private IChannel? _channel;

    /// <summary>Binds; what cannot be bound now is left to the next time.</summary>
    public async Task TryAsync(Func<IChannel, Task> bind, string queue, CancellationToken cancellationToken)
    {
        try
        {
            // The client does not heed its own token while it waits for the broker's answer.
            await bind(await OpenAsync(cancellationToken).ConfigureAwait(false)).WaitAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotBound(log, exception, queue);
        }
    }

    /// <summary>Closes it, without waiting for a broker that may be silent.</summary>
    public void Close() =>
        _channel?.DisposeAsync().AsTask().ContinueWith(static closed => closed.Exception, TaskScheduler.Default);

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
            return open;

        Close();
        return _channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken)
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
