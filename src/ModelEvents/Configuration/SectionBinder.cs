using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace ModelEvents.Configuration;

/// <summary>
/// Sets options from a configuration section. Unlike the framework's binder it stops at nothing: every unknown key and
/// every wrong value becomes one of <paramref name="mistakes"/>, with its path.
/// </summary>
internal sealed class SectionBinder(ICollection<string> mistakes)
{
    /// <summary>The keys of a section that <paramref name="options"/> is bound to, and their properties.</summary>
    public static FrozenDictionary<string, PropertyInfo> KeysOf(Type options) =>
        options.GetProperties().Where(IsBindable)
            .ToFrozenDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Sets the properties of <paramref name="target"/> that <paramref name="section"/> has keys for.
    /// </summary>
    public void Bind(IConfiguration section, object target) => Bind(section, target, KeysOf(target.GetType()));

    /// <inheritdoc cref="Bind(IConfiguration, object)"/>
    public void Bind(IConfiguration section, object target, IReadOnlyDictionary<string, PropertyInfo> keys)
    {
        // The value is not repeated: it may be a broker's address with a password.
        if (section is IConfigurationSection { Value.Length: > 0 } scalar)
        {
            var known = Nearest.Quote(keys.Keys.Order(StringComparer.Ordinal), "and");
            mistakes.Add($"'{scalar.Path}' is a value, where an object belongs. Its keys are {known}.");
        }

        foreach (var child in section.GetChildren())
        {
            if (keys.TryGetValue(child.Key, out var property))
                Set(child, target, property);
            else if (target is INamedOptions named)
                Bind(child, named.Of(child.Key));
            else
                mistakes.Add($"'{child.Path}' is not a known key. "
                    + Nearest.Hint(child.Key, keys.Keys, "Known keys are"));
        }
    }

    /// <summary>Adds an entry to <paramref name="models"/> for each child of <paramref name="list"/>.</summary>
    public void BindModels(
        IConfigurationSection list,
        IList<ModelOptions> models,
        ModelOrigin origin,
        IReadOnlyDictionary<string, PropertyInfo> keys)
    {
        foreach (var child in ChildrenOf(list))
        {
            var model = new ModelOptions { Origin = origin, Path = child.Path };
            Bind(child, model, keys);
            if (string.IsNullOrEmpty(child.Value))
                models.Add(model);
        }
    }

    private void Set(IConfigurationSection section, object target, PropertyInfo property)
    {
        switch (property.GetValue(target))
        {
            case IList<ModelOptions> models:
                BindModels(section, models, ModelOrigin.Section, KeysOf(typeof(ModelOptions)));
                break;
            case IList<string> names:
                foreach (var child in ChildrenOf(section))
                    names.Add(child.Value ?? "");
                break;
            case { } options when !property.CanWrite:
                Bind(section, options);
                break;
            default:
                SetValue(section, target, property);
                break;
        }
    }

    private IEnumerable<IConfigurationSection> ChildrenOf(IConfigurationSection list)
    {
        if (!string.IsNullOrEmpty(list.Value))
            mistakes.Add($"'{list.Path}' is '{list.Value}', where a list belongs. Put it in square brackets.");

        return list.GetChildren();
    }

    private void SetValue(IConfigurationSection section, object target, PropertyInfo property)
    {
        var type = ScalarText.TypeOf(property);
        if (section.Value is not { } text)
        {
            if (section.GetChildren().Any())
                mistakes.Add($"'{section.Path}' is an object or a list, where a value belongs. "
                    + $"Write {ScalarText.Allowed(type)}.");
        }
        else if (ScalarText.Parse(text, type) is { } value)
        {
            property.SetValue(target, value);
        }
        else
        {
            mistakes.Add($"'{section.Path}' is '{text}', which is not allowed. Write {ScalarText.Allowed(type)}.");
        }
    }

    private static bool IsBindable(PropertyInfo property) => property.CanWrite
        ? ScalarText.CanParse(ScalarText.TypeOf(property))
        : property.PropertyType == typeof(IList<string>)
            || property.PropertyType == typeof(IList<ModelOptions>)
            || property.PropertyType.Assembly == typeof(SectionBinder).Assembly;
}
