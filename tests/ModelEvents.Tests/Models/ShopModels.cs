using ModelEvents.Models;

namespace ModelEvents.Tests.Models;

/// <summary>A context of the shop's models, without EF Core.</summary>
internal sealed class ShopModels(params Type[] models) : IModelSource
{
    public IReadOnlyList<KnownModel> GetModels() =>
        [
            .. models.Select(model => new KnownModel(
                model,
                "ShopContext",
                [.. model.GetProperties().Select(property => new KnownProperty(
                    property.Name, property.PropertyType, property.PropertyType != typeof(List<string>)))])),
        ];
}
