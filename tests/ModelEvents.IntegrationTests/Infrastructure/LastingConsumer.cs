using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>
/// Consumes a queue through outages, on a new connection whenever one is lost. The client's own recovery waits for a reader
/// that does not always see that the broker has closed the connection.
/// </summary>
internal sealed class LastingConsumer : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    // A consumer that leaves a connection that is open is given again what it has not acknowledged: events seem to come twice.
    private const int EnoughLooks = 4;

    private readonly string _queue;
    private readonly Action<BasicDeliverEventArgs> _collect;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _consuming = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;

    private LastingConsumer(string queue, Action<BasicDeliverEventArgs> collect)
    {
        (_queue, _collect) = (queue, collect);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Returns when it consumes for the first time.</summary>
    public static async Task<LastingConsumer> StartAsync(string queue, Action<BasicDeliverEventArgs> collect)
    {
        var consumer = new LastingConsumer(queue, collect);
        await consumer._consuming.Task.WaitAsync(Eventually.DefaultTimeout);
        return consumer;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await ConsumeUntilLostAsync();
            }
            catch (Exception exception) when (
                exception is OperationCanceledException or RabbitMQClientException or IOException or SocketException
                    or ObjectDisposedException)
            {
                // The broker is away, or the test is over.
                await Task.Delay(LookInterval, CancellationToken.None);
            }
        }
    }

    private async Task ConsumeUntilLostAsync()
    {
        Socket? socket = null;
        var factory = new ConnectionFactory
        {
            Uri = TestServices.RabbitMq,
            AutomaticRecoveryEnabled = false,
            SocketFactory = family =>
                new TcpClientAdapter(socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }),
        };
        try
        {
            var connection = await factory.CreateConnectionAsync(_ending.Token);
            var channel = await connection.CreateChannelAsync(cancellationToken: _ending.Token);
            await RabbitQueue.ConsumeAsync(channel, _queue, _collect);
            _consuming.TrySetResult();

            for (var hungUp = 0; channel.IsOpen && hungUp < EnoughLooks; hungUp = IsHungUp(socket!) ? hungUp + 1 : 0)
                await Task.Delay(LookInterval, _ending.Token);
        }
        finally
        {
            // Whatever state the client is in, the broker knows that this consumer is gone.
            socket?.Dispose();
        }
    }

    // May be wrong once: what there was to read may be read in between.
    private static bool IsHungUp(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
}
