using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit.Serialization.JsonConverters;

namespace ModelEvents.Consuming;

/// <summary>Reads interfaces, as which MassTransit's own serializer reads messages too: it makes the classes.</summary>
internal sealed class ContractConverterFactory : JsonConverterFactory
{
    private readonly SystemTextJsonConverterFactory _converters = new();

    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsInterface
        && !typeof(IEnumerable).IsAssignableFrom(typeToConvert)
        && _converters.CanConvert(typeToConvert);

    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        _converters.CreateConverter(typeToConvert, options);
}
