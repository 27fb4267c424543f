namespace ModelEvents.Rules.Raising;

/// <summary>What a rule raises: the row, and the event that is published for it.</summary>
internal sealed record RaisedEvent(TriggerEvent Row, ModelEvent Event);
