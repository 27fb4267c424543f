using System.Diagnostics.CodeAnalysis;

namespace ModelEvents.Dispatching;

/// <summary>Ends a session that leads, so that another process leads.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It says one thing.")]
[SuppressMessage("Design", "CA1064", Justification = "Nobody outside sees it.")]
internal sealed class LeadGivenUpException(string reason) : Exception(reason);
