using ModelEvents.Faults.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Faults.Faulting;

/// <summary>
/// A line's exchange and queues. Both queues hang on one binding, through a fanout exchange: no event finds one of them
/// bound and the other not, as it would be lost for that one.
/// </summary>
internal sealed class Topology(IConnection connection, IChannel channel, LineQueues line) : IAsyncDisposable
{
    private static readonly TimeSpan DeclareDeadline = TimeSpan.FromSeconds(30);

    private string Knot => $"{line.Exchange}.knot";

    public static async Task<Topology> OpenAsync(BrokerCluster broker, LineQueues line, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = broker.DirectUri, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync(cancellationToken);
        return new Topology(connection, await connection.CreateChannelAsync(cancellationToken: cancellationToken), line);
    }

    /// <summary>Leads the only binding of the exchange through the knot.</summary>
    public async Task TieAsync(CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(Knot, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        string[] queues = [line.QuorumQueue, line.ClassicQueue];
        foreach (var queue in queues)
            await channel.QueueBindAsync(queue, Knot, "", cancellationToken: cancellationToken);
        await BindAsync(cancellationToken);
        foreach (var queue in queues)
            await channel.QueueUnbindAsync(queue, line.Exchange, "#", cancellationToken: cancellationToken);
    }

    public Task BindAsync(CancellationToken cancellationToken) =>
        channel.ExchangeBindAsync(Knot, line.Exchange, "#", cancellationToken: cancellationToken);

    public Task DeleteExchangeAsync(CancellationToken cancellationToken) =>
        channel.ExchangeDeleteAsync(line.Exchange, cancellationToken: cancellationToken);

    /// <summary>Waits until a worker has declared the exchange again. Only a worker may: it sees so that it was gone.</summary>
    public Task WaitForExchangeAsync(CancellationToken cancellationToken) =>
        Patience.ForAsync($"A new exchange '{line.Exchange}'", DeclareDeadline, ExistsAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task<bool> ExistsAsync()
    {
        try
        {
            await using var look = await connection.CreateChannelAsync();
            await look.ExchangeDeclarePassiveAsync(line.Exchange);
            return true;
        }
        catch (OperationInterruptedException)
        {
            return false;
        }
    }
}
