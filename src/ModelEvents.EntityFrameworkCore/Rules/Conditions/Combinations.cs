namespace ModelEvents.Rules.Conditions;

/// <summary>Met if all of its parts are.</summary>
internal sealed class AllOf(Condition[] parts) : Condition
{
    /// <summary>Those of any part will do.</summary>
    public override IReadOnlyList<IReadOnlyList<Guard>> Guards { get; } = [.. parts.SelectMany(part => part.Guards)];

    public override bool IsMet(ChangeValues values)
    {
        foreach (var part in parts)
        {
            if (!part.IsMet(values))
                return false;
        }

        return true;
    }
}

/// <summary>Met if one of its parts is.</summary>
internal sealed class AnyOf(Condition[] parts) : Condition
{
    /// <summary>One set of each part together, if all have one: the smallest.</summary>
    public override IReadOnlyList<IReadOnlyList<Guard>> Guards { get; } = parts.All(part => part.Guards.Count > 0)
        ? [[.. parts.SelectMany(part => part.Guards.MinBy(guards => guards.Count)!)]]
        : [];

    public override bool IsMet(ChangeValues values)
    {
        foreach (var part in parts)
        {
            if (part.IsMet(values))
                return true;
        }

        return false;
    }
}

/// <summary>Met if its part is not.</summary>
internal sealed class NotMet(Condition part) : Condition
{
    public override bool IsMet(ChangeValues values) => !part.IsMet(values);
}
