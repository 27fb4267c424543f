namespace ModelEvents.Rules.Conditions;

/// <summary>A test of one value: that after the change, of a deleted instance the last one, or that before.</summary>
internal abstract class ValueTest(Field field, bool isBefore) : Condition
{
    public sealed override bool IsMet(ChangeValues values) =>
        isBefore ? values.TryBefore(field.Slot, out var before) && Fits(before) : Fits(values.Now(field.Slot));

    protected abstract bool Fits(object? value);
}

/// <summary>Whether the value is one of several, or none of them.</summary>
internal sealed class OneOfTest<T>(Field field, bool isBefore, T?[] wanted, bool orNone, bool isNegated)
    : ValueTest(field, isBefore)
    where T : notnull
{
    public override IReadOnlyList<IReadOnlyList<Guard>> Guards { get; } =
        isNegated ? [] : [[.. GuardsOf(field, isBefore, wanted, orNone)]];

    protected override bool Fits(object? value)
    {
        if (value is not T typed)
            return orNone != isNegated;

        foreach (var one in wanted)
        {
            if (EqualityComparer<T>.Default.Equals(typed, one))
                return !isNegated;
        }

        return isNegated;
    }

    private static IEnumerable<Guard> GuardsOf(Field field, bool isBefore, T?[] wanted, bool orNone)
    {
        foreach (var value in wanted)
            yield return new EqualGuard(field, isBefore, value);
        if (orNone)
            yield return new EqualGuard(field, isBefore, Value: null);
    }
}

/// <summary>Whether the value is above or below another one; null and NaN are neither.</summary>
internal sealed class OrderTest<T>(Field field, bool isBefore, T wanted, int sign, bool orEqual) : ValueTest(field, isBefore)
    where T : notnull
{
    public override IReadOnlyList<IReadOnlyList<Guard>> Guards { get; } =
        [[new OrderGuard(field, isBefore, wanted, sign > 0)]];

    protected override bool Fits(object? value)
    {
        if (value is not T typed || value is double.NaN or float.NaN)
            return false;

        var order = Comparer<T>.Default.Compare(typed, wanted);
        return order == 0 ? orEqual : order > 0 == sign > 0;
    }
}

/// <summary>Whether the value has a text in it, at its beginning or at its end. Letters compare exactly.</summary>
internal sealed class TextTest(Field field, bool isBefore, string wanted, TextPlace place) : ValueTest(field, isBefore)
{
    public override IReadOnlyList<IReadOnlyList<Guard>> Guards { get; } = [[new TextGuard(field, isBefore, wanted)]];

    protected override bool Fits(object? value) => value is string text && place switch
    {
        TextPlace.Start => text.StartsWith(wanted, StringComparison.Ordinal),
        TextPlace.End => text.EndsWith(wanted, StringComparison.Ordinal),
        _ => text.Contains(wanted, StringComparison.Ordinal),
    };
}
