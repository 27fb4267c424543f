using System.Text.Json;
using ModelEvents.Configuration;

namespace ModelEvents.Rules.Conditions;

/// <summary>
/// Reads a condition from its JSON form: <c>{ "all": [ ... ] }</c>, <c>{ "any": [ ... ] }</c>, <c>{ "not": ... }</c> or a test
/// of a field (<see cref="TestReader"/>). Collects everything that is wrong.
/// </summary>
internal sealed class ConditionReader(FieldTable fields, ICollection<string> reasons)
{
    private const string All = "all";
    private const string Any = "any";
    private const string Not = "not";

    private readonly TestReader _tests = new(fields, reasons);

    /// <summary>The fields that were read of.</summary>
    public IReadOnlySet<Field> Used => _tests.Used;

    /// <summary>The condition; of use only without reasons.</summary>
    public Condition Read(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Wrong($"'{path}' is no JSON object. Write it like '{{ \"all\": [ ... ] }}' or as a test of a field.");
        if (json.TryGetProperty(TestReader.FieldKey, out _))
            return _tests.Read(json, path);
        if (json.EnumerateObject().ToList() is not [var only])
            return Wrong($"'{path}' has not exactly one of 'all', 'any', 'not' and 'field'. Give it one of them.");

        return only.Name switch
        {
            All => new AllOf(ReadList(only.Value, $"{path}.{All}")),
            Any => new AnyOf(ReadList(only.Value, $"{path}.{Any}")),
            Not => new NotMet(Read(only.Value, $"{path}.{Not}")),
            _ => Wrong($"'{path}.{only.Name}' is not known. "
                + Nearest.Hint(only.Name, [All, Any, Not, TestReader.FieldKey], "There are")),
        };
    }

    private Condition[] ReadList(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0)
            return [.. json.EnumerateArray().Select((part, index) => Read(part, $"{path}[{index}]"))];

        Wrong($"'{path}' is no list of conditions. Put at least one in square brackets.");
        return [];
    }

    private AllOf Wrong(string reason)
    {
        reasons.Add(reason);
        return new AllOf([]);
    }
}
