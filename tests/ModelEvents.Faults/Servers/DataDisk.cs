using System.Globalization;

namespace ModelEvents.Faults.Servers;

/// <summary>A folder of a server's data. Where the system allows it, it is a disk of its own (tmpfs) that can be full.</summary>
internal sealed class DataDisk
{
    private const string Size = "8g";

    private DataDisk(string folder, string? whyNoDisk)
    {
        Folder = folder;
        WhyNotFull = whyNoDisk;
    }

    public string Folder { get; }

    /// <summary>Why it cannot be made full, or null.</summary>
    public string? WhyNotFull { get; }

    public static async Task<DataDisk> CreateAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var whyNot = await MountAsync(folder);
        if (Environment.IsPrivilegedProcess)
        {
            await Command.RunAsync(["chown", "postgres:", folder]);
            await Command.RunAsync(["chmod", "700", folder]);
        }

        return new DataDisk(folder, whyNot);
    }

    /// <summary>Leaves a few pages only. Files that have their size already can still be written.</summary>
    public async Task FillAsync(int freeKilobytes)
    {
        var used = await Command.RunAsync(["df", "--output=used", "--block-size=1K", Folder]);
        var kilobytes = long.Parse(used.Split('\n')[1], CultureInfo.InvariantCulture) + freeKilobytes;
        await RemountAsync($"{kilobytes}k");
    }

    public Task FreeAsync() => RemountAsync(Size);

    /// <summary>Ends it and deletes what is in it. The server must have stopped.</summary>
    public async Task DeleteAsync()
    {
        if (WhyNotFull is null)
        {
            // Processes of a killed server need a moment to see it.
            await Patience.ForAsync(
                $"Unmounting '{Folder}'", TimeSpan.FromSeconds(30), () => Command.SucceedsAsync("umount", Folder));
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<string?> MountAsync(string folder)
    {
        if (!Environment.IsPrivilegedProcess)
            return "needs root, to mount a disk (tmpfs) for the database";

        try
        {
            await Command.RunAsync(["mount", "-t", "tmpfs", "-o", $"size={Size},mode=0700", "modelevents-faults", folder]);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return $"needs a disk (tmpfs) for the database: {exception.Message.Trim()}";
        }
    }

    private Task<string> RemountAsync(string size) => Command.RunAsync(["mount", "-o", $"remount,size={size}", Folder]);
}
