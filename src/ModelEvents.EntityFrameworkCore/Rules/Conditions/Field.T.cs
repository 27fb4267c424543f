using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Models;

namespace ModelEvents.Rules.Conditions;

/// <summary>A field whose values are compared as <typeparamref name="T"/>.</summary>
internal sealed class Field<T>(IProperty property, FieldHome home, string name, int slot, bool isCompared)
    : Field(property, home, name, slot, isCompared), ITestMaker
    where T : notnull
{
    public override ITestMaker Tests => this;

    private static readonly ValueKind? Known = ValueKinds.Find(typeof(T));

    public bool CanCompare => typeof(T).IsEnum || Known is not null;

    public bool HasOrder => Known?.HasOrder == true;

    public bool IsText => typeof(T) == typeof(string);

    public string Kind => typeof(T).IsEnum
        ? $"one of {string.Join(", ", Enum.GetNames(typeof(T)).Select(member => $"'{EventNames.SnakeCase(member)}'"))}"
        : Known?.Words ?? "";

    public bool CanRead(JsonElement json) => json.ValueKind == JsonValueKind.Null || TryRead(json, out _);

    public Condition OneOf(IReadOnlyList<JsonElement> wanted, bool isBefore, bool isNegated) => new OneOfTest<T>(
        this,
        isBefore,
        [.. wanted.Where(one => one.ValueKind != JsonValueKind.Null).Select(Read)],
        wanted.Any(one => one.ValueKind == JsonValueKind.Null),
        isNegated);

    public Condition Ordered(JsonElement wanted, bool isBefore, int sign, bool orEqual) =>
        new OrderTest<T>(this, isBefore, Read(wanted), sign, orEqual);

    public Condition Text(string wanted, bool isBefore, TextPlace place) => new TextTest(this, isBefore, wanted, place);

    private static T Read(JsonElement json) => TryRead(json, out var value) ? value : throw new InvalidOperationException(
        $"The value '{json}' was not checked. Check it before a test is made of it.");

    private static bool TryRead(JsonElement json, out T value)
    {
        value = default!;
        if (typeof(T).IsEnum && json.ValueKind == JsonValueKind.String)
            return TryReadMember(json.GetString()!, ref value);

        try
        {
            if (json.Deserialize<T>() is not { } read)
                return false;

            value = InUtc(json, read);
            return IsKnown(read);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A time means the same in every process, whatever the time zone there.</summary>
    private static T InUtc(JsonElement json, T read) => read switch
    {
        DateTime { Kind: DateTimeKind.Local } time => (T)(object)time.ToUniversalTime(),
        DateTimeOffset time when json.GetDateTime().Kind == DateTimeKind.Unspecified =>
            (T)(object)new DateTimeOffset(time.DateTime, TimeSpan.Zero),
        _ => read,
    };

    private static bool IsKnown(T value) =>
        !typeof(T).IsEnum || typeof(T).IsDefined(typeof(FlagsAttribute), inherit: false) || Enum.IsDefined(typeof(T), value);

    private static bool TryReadMember(string name, ref T value)
    {
        if (TypeNames.Find(Enum.GetNames(typeof(T)), member => member, name) is not [var found])
            return false;

        value = (T)Enum.Parse(typeof(T), found);
        return true;
    }
}
