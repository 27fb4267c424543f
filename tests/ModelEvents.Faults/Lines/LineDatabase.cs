using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ModelEvents.Faults.Lines;

/// <summary>Makes the database of a line, with the triggers that tell what is true.</summary>
internal static class LineDatabase
{
    public static async Task CreateAsync(LineSettings settings, CancellationToken cancellationToken)
    {
        await using var services = LineHost.Create(settings).Services.BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ParcelContext>().Database;
        await database.EnsureCreatedAsync(cancellationToken);
        await database.ExecuteSqlRawAsync(await ReadAsync("truth.sql"), cancellationToken);
        if (settings.Mode == "log")
            await services.GetRequiredService<IModelEventLog>().SetUpAsync(cancellationToken);
        NpgsqlConnection.ClearAllPools();
    }

    private static async Task<string> ReadAsync(string name)
    {
        await using var stream = typeof(LineDatabase).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync()).Replace("{", "{{", StringComparison.Ordinal)
            .Replace("}", "}}", StringComparison.Ordinal);
    }
}
