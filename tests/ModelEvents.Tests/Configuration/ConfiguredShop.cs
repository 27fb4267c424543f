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

    /// <summary>A section with nothing but these models.</summary>
    public static string Section(string models) =>
        $$"""{ "ModelEvents": { "ServiceName": "shop", "Models": {{models}} } }""";

    public static IReadOnlyList<ListedModel> Listed(
        string json, Action<ModelEventsOptions>? configure = null, params Type[] known) =>
        Provider(Services(json, configure, known)).Current.Models;

    /// <summary>The mistakes in these models.</summary>
    public static IEnumerable<string> Mistakes(string models, params Type[] known) =>
        MistakesOf(Services(Section(models), known: known));

    public static IEnumerable<string> MistakesOf(string json) => MistakesOf(Services(json));

    public static IEnumerable<string> MistakesOf(ServiceCollection services)
    {
        var provider = Provider(services);
        return Assert.Throws<OptionsValidationException>(() => provider.Current).Failures;
    }

    public static ServiceCollection Services(
        string json, Action<ModelEventsOptions>? configure = null, params Type[] known)
    {
        var services = new ServiceCollection();
        services.AddModelEvents(new TestConfiguration(json).Root, configure);
        services.AddSingleton<IModelSource>(new ShopModels(known.Length == 0 ? Models : known));
        return services;
    }

    private static ModelListProvider Provider(ServiceCollection services) =>
        services.BuildServiceProvider().GetRequiredService<ModelListProvider>();
}
