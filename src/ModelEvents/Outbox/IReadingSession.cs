namespace ModelEvents.Outbox;

/// <summary>
/// A session that can be open without being able to read: where its source is read in the background, and may refuse it
/// again at the same place.
/// </summary>
internal interface IReadingSession
{
    /// <summary>Whether it has come to where the source ended when it was opened, or stands by.</summary>
    bool HasRead { get; }
}
