using Microsoft.EntityFrameworkCore;

namespace ModelEvents.LogCapture;

/// <summary>What rows are read with.</summary>
/// <param name="Context">A context that knows the types, and loads what the log does not have.</param>
/// <param name="TransactionId">The id of the rows' transaction, which is the version that PostgreSQL gives them.</param>
internal readonly record struct RowReading(DbContext Context, uint TransactionId);
