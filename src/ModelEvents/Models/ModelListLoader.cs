using Microsoft.Extensions.Options;
using ModelEvents.Configuration;
using ModelEvents.Serialization;

namespace ModelEvents.Models;

/// <summary>
/// Reads the options anew and makes the model list of them: <see cref="ModelListResolver"/> has the rules.
/// </summary>
internal sealed class ModelListLoader(
    IOptionsFactory<ModelEventsOptions> options,
    IEnumerable<IModelSource> sources,
    IEnumerable<IRegistrationCheck> checks,
    SerializerSource serializers)
{
    /// <summary>The list as configured now, and every mistake in the whole section.</summary>
    public LoadedModelList Load()
    {
        var configured = options.Create(Options.DefaultName);
        var mistakes = OptionsMistakes.Of(configured).ToList();
        if (!sources.Any())
        {
            mistakes.Add("No DbContext is captured: 'AddModelEvents' was not told of any. "
                + "Add '.Capture<YourContext>()' to it.");
            return new LoadedModelList(ModelList.Empty, mistakes, []);
        }

        mistakes.AddRange(checks.SelectMany(check => check.FindMistakes()));
        var known = KnownModels();
        var resolver = new ModelListResolver(known, SerializerTypes.For(known.Select(model => model.ClrType)));
        var list = resolver.Resolve(configured);
        mistakes.AddRange(resolver.Mistakes);
        if (configured is { Models.Count: 0, AllowEmpty: false } && !OptionsMistakes.IsElsewhere(configured))
            mistakes.Add("No model is listed: 'ModelEvents:Models' is empty, so that no change has an event. List a model, or set "
                + "'ModelEvents:AllowEmpty' to 'true' where none is meant." + OptionsMistakes.HintOfSection(configured));
        if (mistakes.Count == 0)
            list = list with { Models = serializers.Attach(list.Models, configured, mistakes) };

        return new LoadedModelList(list, mistakes, [.. resolver.Conflicts]);
    }

    // A model may be mapped in several contexts: it is one model with all of their properties.
    private List<KnownModel> KnownModels() =>
        [
            .. sources.SelectMany(source => source.GetModels())
                .GroupBy(model => model.Identity)
                .Select(same => (same.FirstOrDefault(model => model.WhyNotListed is null) ?? same.First()) with
                {
                    Source = string.Join(", ", same.Select(model => model.Source).Distinct()),
                    Properties = [.. same.SelectMany(model => model.Properties).DistinctBy(property => property.Name)],
                }),
        ];
}
