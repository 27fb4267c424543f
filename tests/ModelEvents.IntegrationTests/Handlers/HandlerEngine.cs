namespace ModelEvents.Tests.Handlers;

/// <summary>Where the events of handlers wait.</summary>
public enum HandlerEngine
{
    Packs,
    Wal,
    Table,
    Memory,
}
