namespace ModelEvents.LogCapture;

/// <summary>A row and how it holds an instance, or that table's share of one.</summary>
/// <param name="Plan">What the rows of its table mean.</param>
/// <param name="Rows">How they hold instances of the type; of a base where the type is not known yet.</param>
/// <param name="Row">The row.</param>
internal readonly record struct RowShare(TablePlan Plan, TypeRows Rows, LogRow Row);
