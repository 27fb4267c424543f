using ModelEvents.Configuration;

namespace ModelEvents.Models;

/// <summary>Resolves the names inside one entry of the model list and checks them.</summary>
internal sealed class EntryResolver(
    ModelEventsOptions options, SerializerTypes serializers, ICollection<string> mistakes)
{
    /// <summary>The entry as a listed model; of use only if no mistake was found.</summary>
    public ListedModel Resolve(KnownModel model, ModelOptions entry)
    {
        var status = StatusField(model, entry);
        var listed = new ListedModel
        {
            ClrType = model.ClrType,
            EntityName = model.EntityName,
            Name = model.Name,
            Prefix = Given(entry.EventNamePrefix) ?? PrefixOf(model),
            Service = Given(entry.ServiceName) ?? options.ServiceName,
            SerializerType = Serializer(model, entry),
            StatusField = status?.Name,
            StatusType = status?.ClrType,
            NameStyle = options.NameStyle,
            StatusEvents = entry.StatusEvents ?? options.StatusEvents,
            UncapturedWrites = entry.UncapturedWrites ?? options.UncapturedWrites,
            Capture = entry.Capture ?? options.Capture,
            LoadNavigations = Navigations(model, entry),
            Include = Properties(model, entry.Include, nameof(entry.Include)),
            Exclude = Properties(model, entry.Exclude, nameof(entry.Exclude)),
        };

        if (entry is { Include.Count: > 0, Exclude.Count: > 0 })
            mistakes.Add($"The model '{model.Name}' has both 'Include' and 'Exclude'. Keep one of them.");

        if (listed is { NameStyle: NameStyle.Dotted, SerializerType: null } && entry.Include.Count + entry.Exclude.Count > 0)
        {
            mistakes.Add($"The model '{model.Name}' has '{(entry.Include.Count > 0 ? "Include" : "Exclude")}', but with the "
                + "'NameStyle' 'Dotted' its body is its name and key alone. Remove it, or name a 'Serializer'.");
        }

        if (entry.LoadNavigations.Count > 0 && listed.Capture != CaptureSource.Log)
        {
            mistakes.Add($"The model '{model.Name}' has 'LoadNavigations', but is captured by the tracker, which has what the "
                + "program has loaded. Remove it, or set its 'Capture' to 'Log'.");
        }

        CheckNames(model, listed, entry);
        CheckBody(model, listed);
        return listed;
    }

    private void CheckBody(KnownModel model, ListedModel listed)
    {
        var hasDefaultBody = listed is { SerializerType: null, NameStyle: not NameStyle.Dotted };
        foreach (var property in model.Properties.Where(its => its.IsKey || (hasDefaultBody && listed.HasInBody(its.Name))))
        {
            if (property.WhyNotWritten() is { } reason)
                mistakes.Add($"The property '{property.Name}' of model '{model.Name}' {reason}");
        }

        foreach (var property in model.Properties.Where(its => its.Name.Contains(',', StringComparison.Ordinal)))
        {
            mistakes.Add($"The property '{property.Name}' of model '{model.Name}' has a comma in its name, which parts the names "
                + "in 'modelevents-changed'. Give it another one, and its column this one by 'HasColumnName'.");
        }

        if (hasDefaultBody)
            CheckToldNames(model, [.. model.Properties.Where(its => listed.HasInBody(its.Name))]);
    }

    private void CheckToldNames(KnownModel model, List<KnownProperty> properties)
    {
        foreach (var same in properties.GroupBy(property => property.ToldName).Where(same => same.Skip(1).Any()))
        {
            mistakes.Add($"The properties {Nearest.Quote(same.Select(property => property.Name), "and")} of model '{model.Name}' "
                + $"are all called '{same.Key}' in bodies. Rename one, leave it out by 'Exclude', or set 'PropertyNaming' to "
                + "'None'.");
        }
    }

    private string PrefixOf(KnownModel model)
    {
        var name = EventNames.SnakeCase(model.ShortName);
        return options.NameStyle == NameStyle.Dotted ? $"{model.Group}_{name}" : name;
    }

    private Type? Serializer(KnownModel model, ModelOptions entry) =>
        entry.SerializerType ?? (Given(entry.Serializer) is { } name ? serializers.Find(name, model, mistakes) : null);

    private KnownProperty? StatusField(KnownModel model, ModelOptions entry)
    {
        if (Given(entry.StatusField) is not { } name)
            return null;

        var field = Property(model, name, nameof(entry.StatusField));

        if (field is { IsScalar: false })
            mistakes.Add($"The StatusField '{name}' of model '{model.Name}' holds no single value. "
                + "Name a scalar property.");

        return field;
    }

    private List<string> Properties(KnownModel model, IEnumerable<string> names, string option) =>
        [.. names.Select(name => Property(model, name, option)?.Name).OfType<string>().Distinct()];

    private List<string> Navigations(KnownModel model, ModelOptions entry)
    {
        foreach (var path in entry.LoadNavigations.Where(path => !model.HasNavigation(path)))
        {
            mistakes.Add($"The LoadNavigations '{path}' of model '{model.Name}' is no navigation of it. "
                + "Write the names of navigation properties as they are in C#, such as 'Customer' or 'Order.Lines'.");
        }

        return [.. entry.LoadNavigations.Distinct()];
    }

    private KnownProperty? Property(KnownModel model, string name, string option)
    {
        var matches = TypeNames.Find(model.Properties, property => property.Name, name);
        if (matches is [var found])
            return found;

        mistakes.Add($"The {option} '{name}' of model '{model.Name}' " + (matches.Count > 1
            ? $"is ambiguous. Write {Nearest.Quote(matches.Select(property => property.Name), "or")}."
            : "is no mapped property of it. "
                + Nearest.Hint(name, model.Properties.Select(property => property.Name), "Its properties are")));
        return null;
    }

    private void CheckNames(KnownModel model, ListedModel listed, ModelOptions entry)
    {
        var longest = Statuses(listed)
            .Select(listed.EventName)
            .Concat(Enum.GetValues<ChangeAction>().Select(listed.EventName))
            .MaxBy(EventNames.SizeOf)!;

        if (EventNames.IsTooLong(longest))
        {
            mistakes.Add($"The event name '{longest}' of model '{model.Name}' has {EventNames.SizeOf(longest)} bytes, "
                + $"where AMQP allows {EventNames.MaxBytes}. Shorten its 'EventNamePrefix'.");
        }

        if (!PlainText.Is(model.Name) || !PlainText.Is(listed.Prefix))
        {
            mistakes.Add($"The events of model '{PlainText.Of(model.Name)}' begin with '{PlainText.Of(listed.Prefix)}': one of "
                + "the two has a control character in it. Write the model's name and its 'EventNamePrefix' without.");
        }

        foreach (var mistake in ServiceMistakes(model, entry))
            mistakes.Add(mistake);
    }

    private static IEnumerable<string> ServiceMistakes(KnownModel model, ModelOptions entry) =>
        Given(entry.ServiceName) is { } service
            ? OptionsMistakes.OfService(service, $"The ServiceName of model '{model.Name}'")
            : [];

    private static IEnumerable<string> Statuses(ListedModel listed) =>
        listed.StatusType is { } type ? StatusValues.Of(type).Names : [];

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
