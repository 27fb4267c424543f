using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelEvents.Tests.Configuration;

/// <summary>The files of the folder config that are built into this assembly.</summary>
internal static class ConfigFile
{
    public static string Text(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    public static JsonNode Json(string name) => JsonNode.Parse(
        Text(name), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
}
