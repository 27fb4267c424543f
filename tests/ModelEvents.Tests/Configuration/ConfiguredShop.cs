using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Models;
using ModelEvents.Tests.Models;
using Shop;

namespace ModelEvents.Tests.Configuration;

/// <summary>Resolves a model list over the shop's models, as a program with this configuration would.</summary>
internal static class ConfiguredShop
{
    public static readonly Type[] Models =
        [typeof(Order), typeof(Customer), typeof(Shipment), typeof(Shipment.Parcel), typeof(SpecialOrder)];

    public static IReadOnlyList<ListedModel> Listed(string json, Action<ModelEventsOptions>? configure = null) =>
        Provider(Services(json, configure)).Current.Models;

    /// <summary>The mistakes that stop a start with these <paramref name="models"/>, which are the whole section's.</summary>
    public static IReadOnlyList<string> Mistakes(string models, params Type[] known) =>
        MistakesOf($$"""{ "ModelEvents": { "ServiceName": "shop", "Models": {{models}} } }""", known: known);

    public static IReadOnlyList<string> MistakesOf(
        string json, Action<ModelEventsOptions>? configure = null, params Type[] known)
    {
        var provider = Provider(Services(json, configure, known));
        return [.. Assert.Throws<OptionsValidationException>(() => provider.Current).Failures];
    }

    public static ServiceCollection Services(string json, Action<ModelEventsOptions>? configure = null, params Type[] known)
    {
        var services = new ServiceCollection();
        services.AddModelEvents(new TestConfiguration(json).Root, configure);
        services.AddSingleton<IModelSource>(new ShopModels(known.Length == 0 ? Models : known));
        return services;
    }

    private static ModelListProvider Provider(ServiceCollection services) =>
        services.BuildServiceProvider().GetRequiredService<ModelListProvider>();
}
