using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>What the server says of a slot, and of what it takes to read from one.</summary>
/// <param name="WalLevel">The server's <c>wal_level</c>.</param>
/// <param name="MayReplicate">Whether the role may.</param>
/// <param name="HasPublication">Whether the publication exists, which is made before the slot.</param>
/// <param name="Written">Up to where the log is written.</param>
/// <param name="Plugin">
/// The slot's output plugin, or its type where it has none, or <see langword="null"/> if there is no such slot.
/// </param>
/// <param name="IsLost">Whether the server has deleted log that the slot still needed.</param>
/// <param name="ActivePid">The server's process that reads from the slot now.</param>
/// <param name="Confirmed">Up to where events need not be read again. A slot in the making has no such position.</param>
/// <param name="RetainedBytes">How much log is kept for the slot.</param>
/// <param name="Owner">What is noted of whose the publication is.</param>
/// <param name="IsPooled">Whether a pooler of another program stands before the server.</param>
internal sealed record WalSlotState(
    string WalLevel,
    bool MayReplicate,
    bool HasPublication,
    NpgsqlLogSequenceNumber Written,
    string? Plugin,
    bool IsLost,
    int? ActivePid,
    NpgsqlLogSequenceNumber? Confirmed,
    long? RetainedBytes,
    string? Owner,
    bool IsPooled)
{
    public bool Exists => Plugin is not null;

    /// <summary>Whether it keeps what is committed.</summary>
    public bool IsReady => Confirmed is not null;
}
