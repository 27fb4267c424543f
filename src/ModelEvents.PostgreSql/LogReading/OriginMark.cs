namespace ModelEvents.Outbox;

/// <summary>A message in the log that says who wrote the rows after it in its transaction.</summary>
internal static class OriginMark
{
    /// <summary>
    /// What marks it. Fixed, so that anybody who writes to the database can say who they are:
    /// <c>SELECT pg_logical_emit_message(true, 'model_events_origin', 'import 42')</c>.
    /// </summary>
    public const string Prefix = "model_events_origin";

    public const string Sql = $"SELECT pg_logical_emit_message(true, '{Prefix}', {{0}})";
}
