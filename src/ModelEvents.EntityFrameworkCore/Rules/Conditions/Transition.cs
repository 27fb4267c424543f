namespace ModelEvents.Rules.Conditions;

/// <summary>
/// Whether the value changed, and if asked for from which to which. An insert changes it from nothing: it counts unless the
/// values before are named. A delete changes nothing.
/// </summary>
internal sealed class Transition(Field field, Condition? from, Condition? to) : Condition
{
    public override IReadOnlyList<IReadOnlyList<Guard>> Guards { get; } =
        from is null && to is null ? [[new ChangedGuard(field)]] : [.. to?.Guards ?? [], .. from?.Guards ?? []];

    public override bool IsMet(ChangeValues values) => values.Action switch
    {
        ChangeAction.Created => from is null && to?.IsMet(values) == true,
        ChangeAction.Updated => values.HasChanged(field.Slot)
            && from?.IsMet(values) != false
            && to?.IsMet(values) != false,
        _ => false,
    };
}
