using System.ComponentModel;
using System.Diagnostics;

namespace ModelEvents.Faults.Campaign;

/// <summary>Finds a Python that can be the consumer.</summary>
internal static class Python
{
    public static async Task<string> FindAsync()
    {
        foreach (var program in new[] { "/usr/bin/python3", "python3", "python" })
        {
            if (await CanAsync(program))
                return program;
        }

        throw new InvalidOperationException(
            "No Python has pika and psycopg2. Install them: 'apt-get install python3-pika python3-psycopg2', or by pip.");
    }

    private static async Task<bool> CanAsync(string program)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, ["-c", "import pika, psycopg2"]) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
