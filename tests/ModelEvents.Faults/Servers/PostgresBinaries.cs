namespace ModelEvents.Faults.Servers;

/// <summary>The programs of the newest PostgreSQL that Debian's packages have installed.</summary>
internal static class PostgresBinaries
{
    private const string Root = "/usr/lib/postgresql";

    private static readonly Lazy<string?> Folder = new(Find);

    public static bool AreInstalled => Folder.Value is not null;

    public static string Of(string program) => Path.Combine(
        Folder.Value ?? throw new InvalidOperationException(
            $"'{Root}' has no server of PostgreSQL. Run 'apt-get install postgresql' as root."),
        program);

    private static string? Find()
    {
        if (!Directory.Exists(Root))
            return null;

        return Directory.GetDirectories(Root)
            .Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "postgres")))
            .MaxBy(bin => Version.TryParse(Path.GetFileName(Path.GetDirectoryName(bin)) + ".0", out var version)
                ? version
                : new Version(0, 0));
    }
}
