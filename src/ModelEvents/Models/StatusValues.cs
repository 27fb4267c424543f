namespace ModelEvents.Models;

/// <summary>The statuses that a status field of some type can have, as they stand in event names.</summary>
/// <param name="Names">All of them; none where the type does not tell.</param>
/// <param name="MayBeEmpty">Whether there may be no status, so that created and updated name the event.</param>
internal sealed record StatusValues(IReadOnlyList<string> Names, bool MayBeEmpty)
{
    public static StatusValues Of(Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type);
        return new StatusValues(
            [.. Members(underlying ?? type).Select(EventNames.StatusOf).OfType<string>().Distinct()],
            underlying is not null || MayGiveNoText(type));
    }

    // Flags combine to names that are no member's.
    private static IEnumerable<object> Members(Type type) =>
        type == typeof(bool) ? [false, true]
        : type.IsEnum && !type.IsDefined(typeof(FlagsAttribute), inherit: false) ? Enum.GetValues(type).Cast<object>()
        : [];

    /// <summary>Numbers, dates and enums always have a text; strings and types of the user's may not.</summary>
    private static bool MayGiveNoText(Type type) => Type.GetTypeCode(type) is TypeCode.String or TypeCode.Object;
}
