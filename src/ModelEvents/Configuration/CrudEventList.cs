using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace ModelEvents.Configuration;

/// <summary>
/// Reads a list that was written for the Django original: <c>MODELS_CRUD_EVENT</c> beside <c>SERVICE_NAME</c> and
/// <c>AMQP_URI</c> or <c>NAMEKO_CONFIG:AMQP_URI</c>.
/// </summary>
internal static class CrudEventList
{
    /// <summary>The key of the list.</summary>
    public const string Key = "MODELS_CRUD_EVENT";

    private const string KombuPrefix = "py";

    /// <summary>The keys that count beside it.</summary>
    public static readonly string[] KeysBeside = ["SERVICE_NAME", "AMQP_URI", "NAMEKO_CONFIG"];

    private static readonly FrozenDictionary<string, PropertyInfo> Keys = new Dictionary<string, string>
    {
        ["model"] = nameof(ModelOptions.Model),
        ["serializer"] = nameof(ModelOptions.Serializer),
        ["status_field"] = nameof(ModelOptions.StatusField),
        ["event_name_prefix"] = nameof(ModelOptions.EventNamePrefix),
        ["service_name"] = nameof(ModelOptions.ServiceName),
    }.ToFrozenDictionary(
        pair => pair.Key,
        pair => typeof(ModelOptions).GetProperty(pair.Value)!,
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Adds the list to <paramref name="options"/>, if there is one. Only then do the keys beside it count: a variable
    /// named SERVICE_NAME in the environment may have nothing to do with it.
    /// </summary>
    public static void Bind(IConfiguration root, ModelEventsOptions options)
    {
        var list = root.GetSection(Key);
        if (!list.Exists())
            return;

        options.ServiceName = root["SERVICE_NAME"] ?? options.ServiceName;
        options.Broker.Uri = WithoutTransport(root["AMQP_URI"] ?? root["NAMEKO_CONFIG:AMQP_URI"]) ?? options.Broker.Uri;
        new SectionBinder(options.Mistakes).BindModels(list, options.Models, ModelOrigin.CrudEventList, Keys);
    }

    // Kombu names its transport in the scheme: pyamqp:// is amqp://.
    private static string? WithoutTransport(string? uri) =>
        uri?.StartsWith(KombuPrefix + "amqp", StringComparison.OrdinalIgnoreCase) == true
            ? uri[KombuPrefix.Length..]
            : uri;
}
