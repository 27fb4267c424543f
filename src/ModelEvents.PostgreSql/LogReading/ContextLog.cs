using Microsoft.Extensions.Logging;
using ModelEvents.LogCapture;

namespace ModelEvents.Outbox;

/// <summary>A context's part of the write-ahead log: its slot and, where models are captured from it, what that needs.</summary>
internal sealed class ContextLog(
    WalSlot slot, IRowCapture? capture, SlotRecords records, TimeProvider time, ILogger logger)
{
    public WalSlot Slot => slot;

    private IReadOnlyCollection<(string Schema, string Name)> Tables => capture?.Tables ?? [];

    /// <summary>Makes the slot, and what capture from the log needs.</summary>
    public Task SetUpAsync(CancellationToken cancellationToken) =>
        slot.SetUpAsync(new LogSetup(slot, Tables, records), cancellationToken);

    /// <summary>Makes sure that the database has what capture from the log needs, and tells of what is less than whole.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (Tables.Count == 0)
            return;

        var state = await EnsureAsync(cancellationToken).ConfigureAwait(false);

        foreach (var table in state.Tables.Where(table => table.NotFull.Count > 0))
            Log.OnlyKeysBefore(logger, table.ToString(), string.Join(", ", table.NotFull));
    }

    /// <summary>Checks again, for a model list that has come into force since.</summary>
    public async Task CheckListAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException unfit)
        {
            Log.ListNotSetUp(logger, unfit.Message);
        }
    }

    /// <summary>
    /// What reads rows too. Where no model is captured from the log nobody keeps positions, and one that is kept from before
    /// would say nothing of the slot later on.
    /// </summary>
    public async Task<LogReader?> ReaderAsync(CancellationToken cancellationToken)
    {
        if (capture is null)
            return null;

        if (Tables.Count > 0)
        {
            await EnsureAsync(cancellationToken).ConfigureAwait(false);
            return new LogReader(capture, new KeptPosition(records, slot.Name, time, logger), CheckListAsync);
        }

        if (await records.ExistAsync(cancellationToken).ConfigureAwait(false))
            await records.ForgetAsync(cancellationToken).ConfigureAwait(false);

        return new LogReader(capture, kept: null, CheckListAsync);
    }

    /// <summary>What was possibly lost, until somebody has seen to it.</summary>
    public async Task<string?> FindLossAsync(CancellationToken cancellationToken) => Tables.Count == 0
        ? null
        : (await records.ReadAsync(cancellationToken).ConfigureAwait(false))?.PossibleLoss;

    /// <summary>Says that somebody has seen to it.</summary>
    public async Task AcknowledgeLossAsync(CancellationToken cancellationToken)
    {
        if (await records.ExistAsync(cancellationToken).ConfigureAwait(false))
            await records.AcknowledgeAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<LogPublication> EnsureAsync(CancellationToken cancellationToken)
    {
        if (slot.SetsUp)
            await SetUpAsync(cancellationToken).ConfigureAwait(false);

        var state = await slot.ReadPublicationAsync(Tables, cancellationToken).ConfigureAwait(false);
        var hasRecords = await records.ExistAsync(cancellationToken).ConfigureAwait(false);
        LogCheck.ThrowIfAny(LogCheck.FindMistakes(slot.Prefix, state, hasRecords ? null : records.Create));
        return state;
    }
}
