namespace ModelEvents.Receivers;

/// <summary>What a receiver is called for.</summary>
internal enum ReceiverKind
{
    BeforeSave,
    AfterSave,
    BeforeDelete,
    AfterDelete,
    LinksChanged,
    Materialized,
}
