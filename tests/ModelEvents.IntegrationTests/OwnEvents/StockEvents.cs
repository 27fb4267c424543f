namespace ModelEvents.Tests.OwnEvents;

public static class StockEvents
{
    public static readonly EventName Counted = EventName.Declare<Stocktake>("stock.counted", "A shelf was counted.");

    public static EventName Closed { get; } = EventName.Declare("stock.closed", "The stock was closed.");
}

public sealed record Stocktake(int ShelfNumber, decimal Missing);
