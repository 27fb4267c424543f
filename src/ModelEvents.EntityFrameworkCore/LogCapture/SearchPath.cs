using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents.LogCapture;

/// <summary>Where the server looks for tables that are named without their schema, as the connection string says.</summary>
internal static partial class SearchPath
{
    private const string Default = "public";

    // Stands for the schema of the role's name, which is mostly not there.
    private const string OfRole = "$user";

    private static readonly string[] Keys = ["Search Path", "SearchPath"];

    /// <summary>The first schema, where tables are made.</summary>
    public static string FirstOf(DbContext context)
    {
        if (!context.Database.IsRelational())
            return Default;

        var settings = new DbConnectionStringBuilder { ConnectionString = context.Database.GetConnectionString() };
        var path = Keys.Select(key => settings.TryGetValue(key, out var value) ? value as string : null).FirstOrDefault(one => one is not null);
        return path is null ? Default : FirstOf(path);
    }

    /// <summary>The first schema of a path. As the server does, names without quotes are read in lower case.</summary>
    public static string FirstOf(string path) =>
        Name().Matches(path).Select(name => name.Groups["quoted"] is { Success: true } quoted
                ? quoted.Value.Replace("\"\"", "\"", StringComparison.Ordinal)
                : name.Value.Trim().ToLowerInvariant())
            .FirstOrDefault(schema => schema is not ("" or OfRole)) ?? Default;

    [GeneratedRegex("""\s*"(?<quoted>(?:[^"]|"")*)"\s*|[^,]+""")]
    private static partial Regex Name();
}
