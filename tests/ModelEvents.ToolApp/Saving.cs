using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.ToolApp;

/// <summary>Migrates, saves, and prints what came of it.</summary>
internal static class Saving
{
    public static async Task RunAsync<TContext>(IServiceProvider services, string outbox)
        where TContext : DbContext
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        var isMigrated = !(await context.Database.GetPendingMigrationsAsync()).Any();
        await context.Database.MigrateAsync();

        context.Add(new Parcel { Address = "Main Street 1" });
        await context.SaveChangesAsync();

#pragma warning disable EF1002 // A name of ours.
        var rows = await context.Database.SqlQueryRaw<int>($"SELECT CAST(count(*) AS integer) AS \"Value\" FROM {outbox}")
            .SingleAsync();
#pragma warning restore EF1002
        Console.WriteLine(
            $"{typeof(TContext).Name}: model {context.Model.GetType().Name}, migrated {isMigrated}, "
            + $"pending {context.Database.HasPendingModelChanges()}, events {rows}");
    }
}
