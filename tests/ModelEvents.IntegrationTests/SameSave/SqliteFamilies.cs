using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.SameSave;

/// <summary>Makes families on SQLite in memory, one at a time, with the portable outbox.</summary>
internal sealed class SqliteFamilies : IDisposable
{
    private readonly SqliteConnection[] _connections = [new("Data Source=:memory:"), new("Data Source=:memory:")];

    public async Task<FamilyPair> CreateAsync(
        DeleteBehavior behavior,
        Action<CaptureBuilder<FamilyContext>>? complete = null,
        FamilyEvents? events = null,
        bool tellsStates = true,
        params IInterceptor[] interceptors)
    {
        foreach (var connection in _connections)
        {
            // What was in memory is gone.
            await connection.CloseAsync();
            await connection.OpenAsync();
        }

        return await FamilyPair.CreateAsync(
            behavior,
            (options, isCaptured) => options.UseSqlite(_connections[isCaptured ? 1 : 0]).AddInterceptors(interceptors),
            complete ?? (_ => { }),
            events ?? TakeAsync,
            tellsStates);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private static async Task<(string Model, string Action)[]?> TakeAsync(FamilyContext context)
    {
        var rows = await context.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Id).ToListAsync();
        if (rows.Count > 0)
            await context.Set<OutboxRow>().ExecuteDeleteAsync();
        return [.. rows.Select(row => row.ToEvent()).Select(FamilyPair.NameOf)];
    }
}
