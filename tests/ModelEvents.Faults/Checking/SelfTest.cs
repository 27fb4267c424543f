using System.Text.Json.Nodes;

namespace ModelEvents.Faults.Checking;

/// <summary>Falsifies what a queue delivered in each way that must be found. A check that cannot fail is none.</summary>
internal sealed class SelfTest(IReadOnlyDictionary<string, Truth> truths, IReadOnlyList<Delivery> deliveries)
{
    /// <summary>What was not found, or found beside it. Null for what could not be tried on so few deliveries.</summary>
    public IReadOnlyDictionary<string, string?> Run() => new Dictionary<string, string?>
    {
        ["lost"] = Try(Lose, ViolationKind.Lost),
        ["phantom"] = Try(Invent, ViolationKind.Phantom),
        ["early"] = Try(one => Change(one, _ => true, json => json["truth"] = 0), ViolationKind.Early),
        ["disorder"] = Try(Swap, ViolationKind.Disorder, ViolationKind.SequenceBack),
        ["foreign duplicate"] = Try(Repeat, ViolationKind.ForeignDuplicate),
        ["wrong body"] = Try(
            one => Change(one, HasContent, json => json["body"]!["content"] = "falsified"), ViolationKind.WrongBody),
        ["wrong name"] = Try(one => Change(one, _ => true, json => json["name"] = "falsified"), ViolationKind.WrongBody),
        ["sequence back"] = Try(SetSequenceBack, ViolationKind.SequenceBack),
        ["nothing"] = Try(one => one, []),
    };

    private string? Try(Func<List<Delivery>, List<Delivery>?> falsify, params ViolationKind[] expected)
    {
        // Only what came is true here, so that what was found without falsifying is not found again.
        var known = Found(deliveries);
        var falsified = falsify([.. deliveries]);
        if (falsified is null)
            return null;

        ViolationKind[] found = [.. Found(falsified).Except(known).Select(one => one.Kind).Distinct().Order()];
        return found.SequenceEqual(expected) ? "" : $"found {(found.Length > 0 ? string.Join(", ", found) : "nothing")}";
    }

    private IReadOnlyList<Violation> Found(IReadOnlyList<Delivery> ofQueue) => new QueueCheck("", truths).Run(ofQueue).Violations;

    private List<Delivery> Lose(List<Delivery> all)
    {
        var (first, _) = Neighbours(all) ?? (0, 0);
        var id = all[first].Id;
        all.RemoveAll(one => one.Id == id);
        return all;
    }

    private static List<Delivery> Invent(List<Delivery> all)
    {
        all.Add(With(all[^1], json =>
        {
            json["id"] = "another";
            json["number"] = -1;
        }));
        return all;
    }

    private static List<Delivery> Repeat(List<Delivery> all)
    {
        all.Add(With(all[0], json => json["id"] = "repeated"));
        return all;
    }

    private List<Delivery>? Swap(List<Delivery> all)
    {
        if (Neighbours(all) is not var (first, second))
            return null;

        (all[first], all[second]) = (all[second], all[first]);
        return all;
    }

    private List<Delivery>? SetSequenceBack(List<Delivery> all)
    {
        if (Neighbours(all) is not var (first, second))
            return null;

        var sequence = all[first].Sequence - 1;
        all[second] = With(all[second], json => json["headers"]!["modelevents-sequence"] = $"{sequence}");
        return all;
    }

    private static List<Delivery>? Change(List<Delivery> all, Predicate<Delivery> which, Action<JsonNode> change)
    {
        var index = all.FindIndex(which);
        if (index < 0)
            return null;

        all[index] = With(all[index], change);
        return all;
    }

    private static bool HasContent(Delivery delivery) =>
        delivery.Body.TryGetProperty("content", out _) && delivery.Json.GetProperty("by").GetString() == "mark"
        && delivery.Json.GetProperty("body").TryGetProperty("mark", out var mark)
        && mark.GetInt64() == delivery.Json.GetProperty("number").GetInt64();

    /// <summary>The last two events of one entity.</summary>
    private static (int First, int Second)? Neighbours(List<Delivery> all)
    {
        var later = new Dictionary<string, int>();
        for (var index = all.Count - 1; index >= 0; index--)
        {
            if (later.TryGetValue(all[index].Entity, out var second))
                return (index, second);
            later[all[index].Entity] = index;
        }

        return null;
    }

    private static Delivery With(Delivery delivery, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(delivery.Text)!;
        change(json);
        return Delivery.Parse(json.ToJsonString());
    }
}
