using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Consuming;

/// <summary>A channel to bind with, replaced by another once it was closed, as it is by what is missing or refused.</summary>
internal sealed class BindingChannel(IConnection connection, ILogger log)
{
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private IChannel? _channel;

    /// <summary>
    /// Binds a queue to an exchange; what cannot be bound now is left to the next time. What is refused for good is told once,
    /// until it works.
    /// </summary>
    public async Task TryAsync(
        Func<IChannel, Task> bind, string queue, string exchange, CancellationToken cancellationToken)
    {
        try
        {
            // The client does not heed its own token while it waits for the broker's answer.
            await bind(await OpenAsync(cancellationToken).ConfigureAwait(false)).WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            _refused.Remove(exchange);
        }
        catch (OperationInterruptedException refused) when (ReasonOf(refused) is { } reason && !_refused.Contains(exchange))
        {
            _refused.Add(exchange);
            Log.BindingRefused(log, queue, exchange, reason);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotBound(log, exception, queue);
        }
    }

    /// <summary>Closes it, without waiting for a broker that may be silent.</summary>
    public void Close() =>
        _channel?.DisposeAsync().AsTask().ContinueWith(static closed => closed.Exception, TaskScheduler.Default);

    private static string? ReasonOf(OperationInterruptedException refused) =>
        refused.ShutdownReason is { ReplyCode: Constants.AccessRefused or Constants.PreconditionFailed } reason
            ? reason.ReplyText
            : null;

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
            return open;

        Close();
        return _channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken)
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
