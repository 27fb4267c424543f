using Microsoft.Extensions.Logging;
using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>
/// Keeps a slot's position in the database before the slot learns of it: a slot that is ahead of what is kept is not the one
/// that was read, and what it left out is reported.
/// </summary>
internal sealed class KeptPosition(
    SlotRecords records, SeenPublication seen, string slot, TimeProvider time, ILogger logger)
{
    // Keeping a position writes to the log itself: without events it must not follow its own steps.
    private const ulong Step = 1 << 20;

    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(1);

    private NpgsqlLogSequenceNumber _kept;
    private long _keptAt;

    /// <summary>Compares what is kept with the slot that is about to be read, and reports a difference.</summary>
    public async Task BeginAsync(SlotRecord now, CancellationToken cancellationToken)
    {
        var before = await records.ReadAsync(cancellationToken).ConfigureAwait(false);
        var loss = before?.LossUntil(now);
        if (loss is not null)
            Log.PossibleLoss(logger, slot, loss);

        var all = before?.PossibleLoss is null ? loss : loss is null ? before.PossibleLoss : $"{before.PossibleLoss}; {loss}";
        var position = loss is null && before is not null ? before.Position : now.Position;
        if (before is null || loss is not null)
            await records.SaveAsync(now with { Position = position, PossibleLoss = all }, cancellationToken)
                .ConfigureAwait(false);

        await seen.KeepAsync(records, isNewRecord: before is null, cancellationToken).ConfigureAwait(false);
        (_kept, _keptAt) = (position, time.GetTimestamp());
    }

    /// <summary>Reports what may be lost up to <paramref name="position"/>, from where on the slot is read.</summary>
    public async Task ReportAsync(string loss, NpgsqlLogSequenceNumber position, CancellationToken cancellationToken)
    {
        await records.ReportAsync(loss, cancellationToken).ConfigureAwait(false);
        await records.KeepAsync(position, seen.KeptAt, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Keeps <paramref name="position"/> and returns true, so that the slot may be told; or returns false where it is not
    /// worth it yet.
    /// </summary>
    /// <param name="position">Up to where everything is done.</param>
    /// <param name="done">The end of the last transaction that was read and is done.</param>
    /// <param name="isLast">Whether nothing will be kept after it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<bool> TryKeepAsync(
        NpgsqlLogSequenceNumber position, NpgsqlLogSequenceNumber done, bool isLast, CancellationToken cancellationToken)
    {
        if (position <= _kept)
            return true;

        if (!isLast && done <= _kept && (ulong)position - (ulong)_kept < Step && time.GetElapsedTime(_keptAt) < IdleInterval)
            return false;

        await records.KeepAsync(position, seen.KeptAt, cancellationToken).ConfigureAwait(false);
        (_kept, _keptAt) = (position, time.GetTimestamp());
        return true;
    }
}
