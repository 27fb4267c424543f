using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;
using ModelEvents.LogCapture;
using Npgsql;

namespace ModelEvents.Outbox;

/// <summary>A context's part of the write-ahead log: its slot and, where models are captured from it, what that needs.</summary>
internal sealed class ContextLog(
    WalSlot slot,
    IRowCapture? capture,
    SlotRecords records,
    SeenPublication seen,
    HealthConditions conditions,
    TimeProvider time,
    ILogger logger)
{
    private readonly HashSet<string> _onlyKeys = [];

    public WalSlot Slot => slot;

    private IReadOnlyCollection<WantedTable> Tables => capture?.Tables ?? [];

    private string Condition => $"capture from the log by '{slot.Name}'";

    /// <summary>Makes the slot, and what capture from the log needs.</summary>
    public Task SetUpAsync(CancellationToken cancellationToken) =>
        slot.SetUpAsync(new LogSetup(slot, Tables, records), cancellationToken);

    /// <summary>Makes sure that the database has what capture from the log needs, and tells of what is less than whole.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (Tables.Count > 0)
            TellOnlyKeys(await EnsureAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Checks again while rows are read: for a model list that has come into force since, or as what was set up may be undone at
    /// any time.
    /// </summary>
    public async Task CheckAgainAsync(bool isNewList, CancellationToken cancellationToken)
    {
        try
        {
            if (isNewList || !await IsAsBeforeAsync(cancellationToken).ConfigureAwait(false))
                await CheckAsync(cancellationToken).ConfigureAwait(false);
            conditions.End(Condition);
        }
        catch (InvalidOperationException unfit)
        {
            if (conditions.Begin(Condition, HealthConditionKind.Degrades, unfit.Message) || isNewList)
                TellUnfit(unfit.Message, isNewList);
        }
        catch (NpgsqlException) when (!isNewList)
        {
            // It is asked again soon. What has happened until then is told with the longer time.
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
            conditions.End(Condition);
            return new LogReader(capture, new KeptPosition(records, seen, slot.Name, time, logger), CheckAgainAsync, time);
        }

        if (await records.ExistAsync(cancellationToken).ConfigureAwait(false))
            await records.ForgetAsync(cancellationToken).ConfigureAwait(false);

        return new LogReader(capture, kept: null, CheckAgainAsync, time);
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

        var hasRecords = await records.ExistAsync(cancellationToken).ConfigureAwait(false);
        var state = await LookAsync(hasRecords, cancellationToken).ConfigureAwait(false);
        LogCheck.ThrowIfAny(LogCheck.FindMistakes(slot.Prefix, state, hasRecords ? null : records.Create));
        return state;
    }

    /// <summary>Whether nothing is amiss that was not so before.</summary>
    private async Task<bool> IsAsBeforeAsync(CancellationToken cancellationToken)
    {
        var before = seen.State;
        var state = await LookAsync(hasRecords: true, cancellationToken).ConfigureAwait(false);
        return state.IsWhole && state.Tables.All(table => table.IsFit) && before?.IsAs(state) == true;
    }

    /// <summary>
    /// Looks at the publication, and reports what may have been missed since it was last looked at: by this process or, at its
    /// first look, by those before it.
    /// </summary>
    private async Task<LogPublication> LookAsync(bool hasRecords, CancellationToken cancellationToken)
    {
        var keeps = hasRecords && slot.IsToBeRead;
        if (keeps)
            await seen.RecallAsync(records, cancellationToken).ConfigureAwait(false);
        var (before, since, now) = (seen.State, seen.At, time.GetUtcNow());
        var state = await slot.ReadPublicationAsync(Tables, cancellationToken).ConfigureAwait(false);
        if (hasRecords && before is not null && LogLosses.Between(before, state).ToList() is { Count: > 0 } losses)
        {
            var loss = $"{string.Join(". ", losses)} (between {since:u} and {now:u})";
            Log.PossibleLoss(logger, slot.Name, loss);
            await records.ReportAsync(loss, cancellationToken).ConfigureAwait(false);
        }

        seen.Note(state, now);
        if (keeps)
            await seen.KeepAsync(records, isNewRecord: false, cancellationToken).ConfigureAwait(false);
        return state;
    }

    private void TellOnlyKeys(LogPublication state)
    {
        foreach (var table in state.Tables)
        {
            var parts = string.Join(", ", table.NotFull);
            if (parts.Length > 0 && _onlyKeys.Add($"{table} {parts}"))
                Log.OnlyKeysBefore(logger, table.ToString(), parts);
        }
    }

    private void TellUnfit(string mistakes, bool isNewList)
    {
        if (isNewList)
            Log.ListNotSetUp(logger, mistakes);
        else
            Log.SetUpUndone(logger, slot.Name, mistakes);
    }
}
