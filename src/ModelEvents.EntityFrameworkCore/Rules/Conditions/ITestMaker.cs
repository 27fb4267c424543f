using System.Text.Json;

namespace ModelEvents.Rules.Conditions;

/// <summary>Makes the tests of one field's values.</summary>
internal interface ITestMaker
{
    /// <summary>Whether values can be told apart by more than that they changed.</summary>
    bool CanCompare { get; }

    /// <summary>Whether values are numbers or times, which have an order.</summary>
    bool HasOrder { get; }

    bool IsText { get; }

    /// <summary>What a value is, for messages.</summary>
    string Kind { get; }

    /// <summary>Whether <paramref name="json"/> is a value of the field; null is one of every field.</summary>
    bool CanRead(JsonElement json);

    Condition OneOf(IReadOnlyList<JsonElement> wanted, bool isBefore, bool isNegated);

    Condition Ordered(JsonElement wanted, bool isBefore, int sign, bool orEqual);

    Condition Text(string wanted, bool isBefore, TextPlace place);
}
