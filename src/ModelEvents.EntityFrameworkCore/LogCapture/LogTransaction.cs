namespace ModelEvents.LogCapture;

/// <summary>The committed transaction that rows belong to.</summary>
/// <param name="Id">The transaction's id in the database.</param>
/// <param name="CommittedAt">When it was committed, by the server's clock.</param>
/// <param name="Origin">Who did it, where the transaction says so.</param>
internal sealed record LogTransaction(uint Id, DateTimeOffset CommittedAt, string? Origin)
{
    /// <summary>Numbers its events.</summary>
    public LogNumbers Numbers { get; init; } = LogNumbers.OfRows;

    /// <summary>What it has told of instances with rows in several tables.</summary>
    public ToldRows Told { get; } = new();

    /// <summary>Waits until other connections see what the transaction wrote: the log is there before that.</summary>
    public Func<CancellationToken, Task> UntilVisibleAsync { get; init; } = _ => Task.CompletedTask;
}
