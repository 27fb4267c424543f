using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using ModelEvents.Models;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Consuming;

/// <summary>
/// Binds an endpoint's queue again at intervals while it is consumed, on a channel of its own: MassTransit binds when it
/// connects, and what somebody deletes later, an exchange or a binding, would stay away. Nothing tells who is bound, but to bind
/// what is bound does nothing.
/// </summary>
/// <param name="bindings">What is bound.</param>
/// <param name="unwanted">What must not be, and may be from before: another process may bind it again until it ends.</param>
internal sealed class BindingRenewal(
    IReadOnlyList<(ServiceEvents Service, string Name)> bindings, IReadOnlyList<(ServiceEvents Service, string Name)> unwanted)
    : IFilter<ChannelContext>
{
    // Longer each time while nothing is missing.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostInterval = TimeSpan.FromSeconds(10);

    // So long a missing exchange is left to its publisher, who declares it with the next event and learns by it that all
    // bindings are gone. If it was there again before, nobody would know.
    private const int LooksLeftToPublisher = 3;

    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var renewing = Task.Run(() => RenewAsync(context, over.Token), CancellationToken.None);
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsBindings");

    private async Task RenewAsync(ChannelContext context, CancellationToken over)
    {
        var sources = bindings.GroupBy(binding => binding.Service)
            .Select(source => new BindingSource(source.Key, [.. source.Select(binding => binding.Name)])).ToArray();
        var unwantedSources = unwanted.Select(source => (EventNames.ExchangeOf(source.Service.Service), source.Name)).ToArray();
        var log = Log.Logger;
        var channel = new BindingChannel(context.ConnectionContext.Connection, log);
        var interval = LeastInterval;
        try
        {
            while (true)
            {
                await Task.Delay(interval, over).ConfigureAwait(false);
                if (!context.TryGetPayload<ReceiveSettings>(out var queue))
                    continue;

                await channel.TryAsync(
                    open => BindQueueAsync(open, queue, over), queue.QueueName, queue.ExchangeName, over).ConfigureAwait(false);
                foreach (var (exchange, name) in unwantedSources)
                    await channel.TryAsync(
                        open => open.ExchangeUnbindAsync(queue.ExchangeName, exchange, name, cancellationToken: over),
                        queue.QueueName,
                        exchange,
                        over)
                        .ConfigureAwait(false);
                foreach (var source in sources)
                    await channel.TryAsync(
                        open => BindAsync(open, queue, source, log, over), queue.QueueName, source.Exchange, over)
                        .ConfigureAwait(false);
                interval = Array.Exists(sources, source => source.Missed > 0) ? LeastInterval : Longer(interval);
            }
        }
        catch (Exception) when (over.IsCancellationRequested)
        {
            // The endpoint stops, or its connection is lost: MassTransit connects again, and binds. What the client throws then
            // must not stand in the place of what ended the endpoint.
        }
        finally
        {
            channel.Close();
        }
    }

    private static TimeSpan Longer(TimeSpan interval) => interval * 2 < MostInterval ? interval * 2 : MostInterval;

    /// <summary>Between the queue and the exchange that has its name, as MassTransit makes both.</summary>
    private static async Task BindQueueAsync(IChannel channel, ReceiveSettings queue, CancellationToken over)
    {
        if (!queue.BindQueue)
            return;

        await channel.ExchangeDeclareAsync(
            queue.ExchangeName, queue.ExchangeType, queue.Durable, queue.AutoDelete, queue.ExchangeArguments!,
            cancellationToken: over).ConfigureAwait(false);
        await channel.QueueBindAsync(
            queue.QueueName, queue.ExchangeName, queue.RoutingKey ?? "", queue.BindingArguments!, cancellationToken: over)
            .ConfigureAwait(false);
    }

    private static async Task BindAsync(
        IChannel channel, ReceiveSettings queue, BindingSource source, ILogger log, CancellationToken over)
    {
        try
        {
            if (source.Missed >= LooksLeftToPublisher)
                await channel.ExchangeDeclareAsync(
                    source.Exchange, RabbitMQ.Client.ExchangeType.Topic, durable: true, source.AutoDelete, cancellationToken: over)
                    .ConfigureAwait(false);
            foreach (var name in source.Names)
            {
                await channel.ExchangeBindAsync(queue.ExchangeName, source.Exchange, name, cancellationToken: over)
                    .ConfigureAwait(false);
            }
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            source.Missed++;
            return;
        }

        if (source.Missed > 0)
            Log.BoundAgain(log, source.Exchange, queue.QueueName);
        source.Missed = 0;
    }

    /// <summary>An exchange, and the names that are bound to it.</summary>
    private sealed class BindingSource(ServiceEvents service, string[] names)
    {
        public string Exchange { get; } = EventNames.ExchangeOf(service.Service);

        public bool AutoDelete => service.AutoDelete;

        public string[] Names => names;

        /// <summary>How often in a row it was missing.</summary>
        public int Missed { get; set; }
    }
}
