using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace ModelEvents.Publishing;

/// <summary>
/// Takes what is written at once, and sends it when the other side takes it. How much that can be is bounded by what is
/// published at a time. Writing never fails: that a connection is lost is told by reading.
/// </summary>
internal sealed class QueuedStream : NetworkStream
{
    private readonly Channel<ArraySegment<byte>> _queue =
        Channel.CreateUnbounded<ArraySegment<byte>>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Action _lost;
    private bool _isLost;

    /// <param name="socket">The socket.</param>
    /// <param name="lost">Called when nothing more can be read. May be called again.</param>
    public QueuedStream(Socket socket, Action lost)
        : base(socket)
    {
        _lost = lost;
        _ = SendAllAsync();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = 0;
        try
        {
            return count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (count == 0 && buffer.Length > 0)
                _lost();
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var copy = ArrayPool<byte>.Shared.Rent(buffer.Length);
        buffer.CopyTo(copy);
        _queue.Writer.TryWrite(new ArraySegment<byte>(copy, 0, buffer.Length));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        _queue.Writer.TryComplete();
        base.Dispose(disposing);
    }

    private async Task SendAllAsync()
    {
        await foreach (var bytes in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await SendAsync(bytes).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(bytes.Array!);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!_isLost)
                await base.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _isLost = true;
        }
    }
}
