using System.Text.Json;
using ModelEvents.Configuration;

namespace ModelEvents.Rules.Conditions;

/// <summary>
/// Reads a test of a field: <c>{ "field": "total", "op": "&gt;", "value": 1000 }</c>, with <c>"of": "before"</c> of the value
/// before the change; <c>{ "field": "status", "from": "paid", "to": "shipped" }</c>, where one of both is enough and each may
/// be a list; or <c>{ "field": "status", "changed": true }</c>.
/// </summary>
internal sealed class TestReader(FieldTable fields, ICollection<string> reasons)
{
    public const string FieldKey = "field";

    private static readonly string[] Comparison = ["op", "value", "of"];
    private static readonly string[] Move = ["from", "to"];
    private static readonly string[] Change = ["changed"];
    private static readonly string[] Keys = [FieldKey, .. Comparison, .. Move, .. Change];

    private static readonly string[] Operators =
        ["=", "!=", ">", ">=", "<", "<=", "in", "not in", "contains", "starts with", "ends with"];

    private readonly HashSet<Field> _used = [];

    public IReadOnlySet<Field> Used => _used;

    public Condition Read(JsonElement json, string path)
    {
        foreach (var property in json.EnumerateObject().Where(property => !Keys.Contains(property.Name)))
            reasons.Add($"'{path}.{property.Name}' is not known. {Nearest.Hint(property.Name, Keys, "There are")}");

        if (FieldOf(json, path) is not { } field)
            return Nothing;

        _used.Add(field);
        return (Has(json, Comparison), Has(json, Move), Has(json, Change)) switch
        {
            (true, false, false) => Compare(field, json, path),
            (false, true, false) => Moves(field, json, path),
            (false, false, true) => Changes(field, json, path),
            _ => Wrong($"'{path}' has not exactly one of 'op', 'from' or 'to', and 'changed'. Say what to ask of '{field.Name}'."),
        };
    }

    private static AllOf Nothing => new([]);

    private static bool Has(JsonElement json, string[] keys) => keys.Any(key => json.TryGetProperty(key, out _));

    private Field? FieldOf(JsonElement json, string path)
    {
        var value = json.GetProperty(FieldKey);
        var name = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var found = fields.Find(name);
        if (found is [var field])
            return field;

        reasons.Add($"'{path}.field' is '{name}', which is " + (found.Count > 1
            ? $"ambiguous. Write {Nearest.Quote(found.Select(one => one.Name), "or")}."
            : $"no field of '{fields.Listed.Name}'. "
                + Nearest.Hint(name, fields.All.Select(one => one.Name), "Its fields are")));
        return null;
    }

    private Transition Moves(Field field, JsonElement json, string path)
    {
        var from = json.TryGetProperty("from", out var before) ? OneOf(field, before, $"{path}.from", isBefore: true) : null;
        var to = json.TryGetProperty("to", out var after) ? OneOf(field, after, $"{path}.to", isBefore: false) : null;
        return new Transition(field, from, to);
    }

    private Condition Changes(Field field, JsonElement json, string path) =>
        json.GetProperty("changed").ValueKind == JsonValueKind.True
            ? new Transition(field, from: null, to: null)
            : Wrong($"'{path}.changed' is not 'true'. Write 'true', or put the test into 'not'.");

    private Condition Compare(Field field, JsonElement json, string path)
    {
        var name = json.TryGetProperty("op", out var op) && op.ValueKind == JsonValueKind.String ? op.GetString()! : "";
        if (!Operators.Contains(name))
            return Wrong($"'{path}.op' is '{name}', which is not known. There are {Nearest.Quote(Operators, "and")}.");
        if (!json.TryGetProperty("value", out var value))
            return Wrong($"'{path}' has no 'value'. Give it the one to compare '{field.Name}' with.");

        var isBefore = IsBefore(json, path);
        return name switch
        {
            "=" or "in" => OneOf(field, value, $"{path}.value", isBefore, isList: name == "in"),
            "!=" or "not in" => OneOf(field, value, $"{path}.value", isBefore, isList: name == "not in", isNegated: true),
            ">" or ">=" or "<" or "<=" => Ordered(field, value, path, isBefore, name),
            _ => Text(field, value, path, isBefore, name),
        };
    }

    private bool IsBefore(JsonElement json, string path)
    {
        if (!json.TryGetProperty("of", out var of))
            return false;

        var moment = of.ValueKind == JsonValueKind.String ? of.GetString() : null;
        if (moment is not ("before" or "after"))
            reasons.Add($"'{path}.of' is neither 'before' nor 'after'. Write one of them, or leave it out for 'after'.");
        return moment == "before";
    }

    /// <param name="field">The field.</param>
    /// <param name="json">The value or, unless that is told, a list of values.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="isBefore">Whether the value before the change is meant.</param>
    /// <param name="isList">Whether it must be a list, or must not; <see langword="null"/> for either.</param>
    /// <param name="isNegated">Whether it must be none of them.</param>
    private Condition OneOf(
        Field field, JsonElement json, string path, bool isBefore, bool? isList = null, bool isNegated = false)
    {
        if (isList is { } must && must != (json.ValueKind == JsonValueKind.Array))
            return Wrong($"'{path}' is {(must ? "no" : "a")} list. {(must ? "Put the values in square brackets" : "Use 'in' for one")}.");

        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 0)
            return Wrong($"'{path}' is an empty list. Put at least one value in it.");

        var values = json.ValueKind == JsonValueKind.Array ? json.EnumerateArray().ToList() : [json];
        var before = reasons.Count;
        foreach (var value in values)
            Check(field, value, path);
        return reasons.Count == before ? field.Tests.OneOf(values, isBefore, isNegated) : Nothing;
    }

    private Condition Ordered(Field field, JsonElement value, string path, bool isBefore, string name)
    {
        if (!field.Tests.HasOrder)
            return Wrong($"'{path}.op' is '{name}', but '{field.Name}' is neither a number nor a time. Use '=' or 'in'.");
        if (value.ValueKind == JsonValueKind.Null)
            return Wrong($"'{path}.value' is null, which is neither above nor below anything. Use '=' or '!='.");

        return Check(field, value, $"{path}.value")
            ? field.Tests.Ordered(value, isBefore, name[0] == '>' ? 1 : -1, name.Length > 1)
            : Nothing;
    }

    private Condition Text(Field field, JsonElement value, string path, bool isBefore, string name)
    {
        if (!field.Tests.IsText)
            return Wrong($"'{path}.op' is '{name}', but '{field.Name}' is no text. Use '=' or 'in'.");
        if (value.ValueKind != JsonValueKind.String || value.GetString() is "")
            return Wrong($"'{path}.value' is no text, or an empty one. Put some letters in quotes.");

        var place = name switch
        {
            "starts with" => TextPlace.Start,
            "ends with" => TextPlace.End,
            _ => TextPlace.Anywhere,
        };
        return field.Tests.Text(value.GetString()!, isBefore, place);
    }

    private bool Check(Field field, JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Null || (field.Tests.CanCompare && field.Tests.CanRead(value)))
            return true;

        reasons.Add(field.Tests.CanCompare
            ? $"'{path}' is '{value.GetRawText()}', but '{field.Name}' is {field.Tests.Kind}. Write such a value."
            : $"'{path}' has a value, but '{field.Name}' holds none that could be compared. Use 'changed'.");
        return false;
    }

    private AllOf Wrong(string reason)
    {
        reasons.Add(reason);
        return Nothing;
    }
}
