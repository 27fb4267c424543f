using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.SameSave;

/// <summary>On PostgreSQL, where events are in packs and some saves are one statement.</summary>
public sealed class PostgreSqlSameSaveTests : SameSaveContract, IAsyncLifetime
{
    private readonly TestDatabase[] _databases = [new(), new()];

    protected override IReadOnlyList<DeleteBehavior> Behaviors { get; } = [DeleteBehavior.Cascade];

    public async ValueTask InitializeAsync()
    {
        foreach (var database in _databases)
            await database.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    private protected override async Task<FamilyPair> CreateAsync(DeleteBehavior behavior)
    {
        foreach (var database in _databases)
            await database.ExecuteAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        return await FamilyPair.CreateAsync(
            behavior,
            (options, isCaptured) => options.UseNpgsql(_databases[isCaptured ? 1 : 0].ConnectionString),
            Complete,
            TakeAsync);
    }

    private static void Complete(CaptureBuilder<FamilyContext> capture) => capture.UsePostgreSql();

    private static async Task<(string Model, string Action)[]?> TakeAsync(FamilyContext context)
    {
        var packs = await context.Set<PackRow>().AsNoTracking().OrderBy(pack => pack.Id).ToListAsync();
        if (packs.Count > 0)
            await context.Set<PackRow>().ExecuteDeleteAsync();
        return [.. packs.SelectMany(pack => EventPackReader.Read(pack.Events, pack.Id, new PackTexts())).Select(FamilyPair.NameOf)];
    }
}
