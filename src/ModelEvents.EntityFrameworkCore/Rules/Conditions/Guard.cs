namespace ModelEvents.Rules.Conditions;

/// <summary>
/// Something that must be true of a change for a condition to be met, and by which rules can be looked up: with a thousand
/// rules a save asks only those whose guard lets the change through.
/// </summary>
/// <param name="Field">The field.</param>
/// <param name="IsBefore">Whether its value before the change is meant.</param>
internal abstract record Guard(Field Field, bool IsBefore);

/// <summary>The value is this one, which may be null.</summary>
internal sealed record EqualGuard(Field Field, bool IsBefore, object? Value) : Guard(Field, IsBefore);

/// <summary>An update has changed the value.</summary>
internal sealed record ChangedGuard(Field Field) : Guard(Field, IsBefore: false);

/// <summary>The value has this text in it.</summary>
internal sealed record TextGuard(Field Field, bool IsBefore, string Text) : Guard(Field, IsBefore);

/// <summary>The value is above or below another, or the same.</summary>
internal sealed record OrderGuard(Field Field, bool IsBefore, object Limit, bool IsAbove) : Guard(Field, IsBefore);
