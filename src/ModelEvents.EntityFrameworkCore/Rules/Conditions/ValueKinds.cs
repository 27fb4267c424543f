namespace ModelEvents.Rules.Conditions;

/// <summary>The types whose values are compared as they are, beside enums.</summary>
internal static class ValueKinds
{
    private static readonly ValueKind Whole = new("a whole number");
    private static readonly ValueKind Number = new("a number");
    private static readonly ValueKind Moment = new("a time such as '2026-01-31T12:00:00Z'");
    private static readonly ValueKind Clock = new("a time such as '12:00:00'");

    private static readonly Dictionary<Type, ValueKind> Kinds = new()
    {
        [typeof(string)] = new("a text", HasOrder: false),
        [typeof(char)] = new("a letter", HasOrder: false),
        [typeof(bool)] = new("true or false", HasOrder: false),
        [typeof(Guid)] = new("a UUID", HasOrder: false),
        [typeof(byte)] = Whole,
        [typeof(sbyte)] = Whole,
        [typeof(short)] = Whole,
        [typeof(ushort)] = Whole,
        [typeof(int)] = Whole,
        [typeof(uint)] = Whole,
        [typeof(long)] = Whole,
        [typeof(ulong)] = Whole,
        [typeof(float)] = Number,
        [typeof(double)] = Number,
        [typeof(decimal)] = Number,
        [typeof(DateTime)] = Moment,
        [typeof(DateTimeOffset)] = Moment,
        [typeof(DateOnly)] = new("a date such as '2026-01-31'"),
        [typeof(TimeOnly)] = Clock,
        [typeof(TimeSpan)] = Clock,
    };

    public static ValueKind? Find(Type type) => Kinds.GetValueOrDefault(type);
}
