using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelEvents.Catalog;
using ModelEvents.Diagnostics;
using ModelEvents.Models;

namespace ModelEvents.Serialization;

/// <summary>Writes the bodies of one model's events with the serializer that the model list names.</summary>
internal sealed class BodySerializer
{
    private static readonly MethodInfo BindMethod =
        typeof(BodySerializer).GetMethod(nameof(Bind), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Func<object, object?> _serialize;
    private readonly JsonSerializerOptions _json;
    private readonly string _model;
    private readonly string _serializer;
    private readonly Type _bodyType;

    private BodySerializer(
        Func<object, object?> serialize, JsonSerializerOptions json, ListedModel model, Type serializer)
    {
        (_serialize, _json, _model) = (serialize, json, model.Name);
        (_serializer, _bodyType) = (TypeNames.Of(serializer), BodyTypeOf(serializer, model.ClrType));
    }

    /// <summary>How the writer of a body must be set up: it, not the serializer options, escapes the values.</summary>
    public static JsonWriterOptions WriterOptions { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bodies of <paramref name="model"/>, by <paramref name="serializer"/>.</summary>
    public static BodySerializer For(ListedModel model, object serializer, JsonSerializerOptions json)
    {
        var bind = BindMethod.MakeGenericMethod(model.ClrType).CreateDelegate<Func<object, Func<object, object?>>>();
        return new BodySerializer(bind(serializer), json, model, serializer.GetType());
    }

    /// <summary>How the results of serializers are written under <paramref name="options"/>.</summary>
    public static JsonSerializerOptions JsonFor(ModelEventsOptions options) => JsonFor(options, options.PropertyNaming);

    /// <summary>The same with the <paramref name="naming"/> of the list in force.</summary>
    public static JsonSerializerOptions JsonFor(ModelEventsOptions options, PropertyNaming naming)
    {
        var json = new JsonSerializerOptions(options.Json);
        json.PropertyNamingPolicy ??= naming switch
        {
            PropertyNaming.SnakeCase => JsonNamingPolicy.SnakeCaseLower,
            PropertyNaming.CamelCase => JsonNamingPolicy.CamelCase,
            _ => null,
        };

        return json;
    }

    /// <summary>Writes the body for <paramref name="model"/>, an instance of the listed model.</summary>
    /// <exception cref="InvalidOperationException">
    /// The serializer failed, or what it returned cannot be written.
    /// </exception>
    public void Write(Utf8JsonWriter writer, object model)
    {
        try
        {
            var body = _serialize(model);
            JsonSerializer.Serialize(writer, body, TypeOf(body), _json);
            writer.Flush();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"The serializer '{_serializer}' failed for the model '{_model}': {Sentence.Of(exception.Message)} "
                + "Correct it, or remove it from the model list to publish the default body.",
                exception);
        }
    }

    /// <summary>The JSON Schema of the bodies, as far as the serializer's type tells it.</summary>
    public JsonObject Describe() =>
        _bodyType == typeof(object)
            ? new JsonObject { ["description"] = $"Whatever the serializer '{_serializer}' returns." }
            : TypeSchema.Of(_bodyType, _json);

    /// <summary>What a serializer hands on as it is may be a proxy of EF Core's, whose own members are nobody's concern.</summary>
    private Type TypeOf(object? body) =>
        _bodyType == typeof(object) && body?.GetType() is { Assembly.IsDynamic: true, BaseType: { } proxied }
            ? proxied
            : _bodyType;

    /// <summary>
    /// The type that the serializer declares its bodies to be. Where it declares none, they are objects: the type of what
    /// it returns decides then.
    /// </summary>
    private static Type BodyTypeOf(Type serializer, Type model) =>
        serializer.GetInterfaces()
            .Where(contract => contract.IsGenericType
                && contract.GetGenericTypeDefinition() == typeof(IModelSerializer<,>)
                && contract.GenericTypeArguments[0].IsAssignableFrom(model))
            .Select(contract => contract.GenericTypeArguments[1])
            .FirstOrDefault(typeof(object));

    private static Func<object, object?> Bind<TModel>(object serializer)
    {
        var typed = (IModelSerializer<TModel>)serializer;
        return model => typed.Serialize((TModel)model);
    }
}
