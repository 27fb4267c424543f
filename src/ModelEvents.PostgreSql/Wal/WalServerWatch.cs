using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>
/// Notices that the server is being stopped. It would wait until its reader has confirmed everything, while the broker is
/// away without end or a position is not worth to be kept, and says nothing of it on the reader's connection; but it lets
/// nobody else in.
/// </summary>
internal sealed class WalServerWatch(WalSlot slot, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private long _looked = time.GetTimestamp();

    /// <summary>Throws if the server is being stopped; looks only now and then.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_looked) < Interval)
            return;

        try
        {
            await slot.LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException exception) when (exception.SqlState != PostgresErrorCodes.CannotConnectNow)
        {
            // Such as too many connections, or one that had ended: the log can be read nevertheless.
        }

        _looked = time.GetTimestamp();
    }
}
