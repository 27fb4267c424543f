namespace ModelEvents.Testing;

/// <summary>What was recorded is not what a test expects. The message shows what was recorded.</summary>
public sealed class ModelEventAssertionException : Exception
{
    internal ModelEventAssertionException(string expectation, IReadOnlyList<RecordedEvent> recorded)
        : base($"{expectation} {RecordedTable.Of(recorded)}")
    {
    }
}
