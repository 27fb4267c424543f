using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Capture;

/// <summary>How properties are called in bodies and headers.</summary>
internal sealed class PropertyNames(JsonNamingPolicy? policy)
{
    public string Of(string name) => policy?.ConvertName(name) ?? name;

    public string Of(IReadOnlyNavigationBase navigation) => Of(navigation.Name);

    public string Of(IReadOnlyComplexProperty property) =>
        property.DeclaringType is IReadOnlyComplexType outer ? Of(outer.ComplexProperty) : Of(property.Name);

    /// <summary>Its own name, or that of the outermost complex property it is part of.</summary>
    public string Of(IReadOnlyProperty property) =>
        property.DeclaringType is IReadOnlyComplexType type ? Of(type.ComplexProperty) : Of(property.Name);
}
