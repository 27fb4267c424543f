namespace ModelEvents.Faults.Campaign;

/// <summary>Where a campaign keeps its servers, what arrived and what was logged.</summary>
internal static class StateFolder
{
    private const string Mark = "model-events-faults";

    /// <summary>Makes it anew. A folder that no campaign has made is refused.</summary>
    public static string Make(string? asked)
    {
        var folder = Path.GetFullPath(asked ?? Path.Combine(Root(), ".services", "faults"));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            if (!File.Exists(Path.Combine(folder, Mark)))
                throw new InvalidOperationException($"'{folder}' is not empty and of no campaign. Name another folder.");
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Mark), "");
        return folder;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ModelEvents.sln")))
                return folder.FullName;
        }

        return Directory.GetCurrentDirectory();
    }
}
