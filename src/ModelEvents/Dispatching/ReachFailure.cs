namespace ModelEvents.Dispatching;

/// <summary>That nothing could be published.</summary>
/// <param name="Reason">Why.</param>
/// <param name="For">For how long, or <see langword="null"/> where this process does not try it any more.</param>
/// <param name="TriedAgo">How long ago it was tried last.</param>
internal sealed record ReachFailure(string Reason, TimeSpan? For, TimeSpan TriedAgo);
