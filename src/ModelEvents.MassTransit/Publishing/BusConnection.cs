using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Publishing;

/// <summary>
/// Finds out whether a bus has its connection to the broker. MassTransit makes one when something is to be sent, and takes a bus
/// without it for healthy, as it has no endpoints that receive.
/// </summary>
internal sealed class BusConnection(IRabbitMqHostConfiguration host, SocketWatch sockets)
{
    private readonly Lock _lock = new();
    private Task _look = Task.CompletedTask;
    private int _lookedAt = -1;
    private volatile Exception? _failure;
    private volatile bool _isThere;

    /// <summary>Where the broker is.</summary>
    public string Broker => host.HostAddress.Authority;

    /// <summary>Why there was none the last time, or <see langword="null"/> if no attempt has failed since there was one.</summary>
    public Exception? Failure => _failure;

    /// <summary>
    /// Whether there is one, as far as it is known; where that is not sure it is looked again, for who asks next. A socket that is
    /// open may be that of a broker which refuses the user.
    /// </summary>
    public bool IsThere(CancellationToken stopping)
    {
        var isOpen = sockets.IsOpen || sockets.IsBlind;
        if (!isOpen || sockets.IsBlind || sockets.Attempts != Volatile.Read(ref _lookedAt))
            Look(stopping);

        return isOpen && _isThere;
    }

    /// <summary>Begins to look, and to connect, unless that goes on.</summary>
    public void Look(CancellationToken stopping)
    {
        lock (_lock)
        {
            if (_look.IsCompleted && !stopping.IsCancellationRequested)
                _look = LookAsync(stopping);
        }
    }

    /// <summary>Looks whether an exchange is there; throws where it is not.</summary>
    public async Task FindExchangeAsync(string exchange, CancellationToken cancellationToken)
    {
        OperationInterruptedException? refusal = null;
        await host.ConnectionContextSupervisor.Send(
            Pipe.ExecuteAsync<ConnectionContext>(
                async context => refusal = await FindRefusalAsync(context.Connection, exchange).ConfigureAwait(false)),
            cancellationToken)
            .WaitAsync(cancellationToken)
            .ConfigureAwait(false);
        if (refusal is not null)
            ExceptionDispatchInfo.Throw(refusal);
    }

    private static async Task<OperationInterruptedException?> FindRefusalAsync(IConnection connection, string exchange)
    {
        try
        {
            var channel = await connection.CreateChannelAsync().ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
                await channel.ExchangeDeclarePassiveAsync(exchange).ConfigureAwait(false);
            return null;
        }
        catch (OperationInterruptedException refusal) when (connection.IsOpen)
        {
            // It has closed the channel alone. If it were thrown here MassTransit would drop the connection, with all that is
            // being published through it.
            return refusal;
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            await host.ConnectionContextSupervisor.Send(Pipe.Empty<ConnectionContext>(), stopping).ConfigureAwait(false);
            (_failure, _isThere) = (null, true);
        }
#pragma warning disable CA1031 // Whatever it is: there is no connection.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            (_failure, _isThere) = (exception, false);
        }

        Volatile.Write(ref _lookedAt, sockets.Attempts);
    }
}
