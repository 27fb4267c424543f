using NpgsqlTypes;

namespace ModelEvents.Outbox;

/// <summary>What is kept of a slot in the database, where dropping the slot does not reach it.</summary>
/// <param name="System">The server's system identifier.</param>
/// <param name="Timeline">The server's timeline, which a promotion or a restore changes.</param>
/// <param name="Position">Up to where the slot may have been told that its reader is done. Never behind the slot's own.</param>
/// <param name="PossibleLoss">What was possibly lost, until somebody has seen to it.</param>
internal sealed record SlotRecord(string System, long Timeline, NpgsqlLogSequenceNumber Position, string? PossibleLoss = null)
{
    /// <summary>
    /// What has happened since, in a sentence or two, where <paramref name="now"/> does not follow from this; else
    /// <see langword="null"/>.
    /// </summary>
    public string? LossUntil(SlotRecord now)
    {
        if (now.System != System)
            return $"The database was on the server {System} and is on {now.System}: it was restored or moved";

        if (now.Timeline != Timeline)
            return $"The server is on timeline {now.Timeline}, where it was on {Timeline}: a standby was promoted, or a " +
                "backup restored";

        return now.Position > Position
            ? $"The slot begins at {now.Position} where its reader had come to {Position}: somebody dropped it and made it " +
              "again, or moved it on"
            : null;
    }
}
