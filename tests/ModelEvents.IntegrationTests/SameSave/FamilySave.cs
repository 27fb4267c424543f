using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>One way to save.</summary>
/// <param name="IsAsync">Whether it is asynchronous.</param>
/// <param name="Accepts">Whether its changes are accepted.</param>
/// <param name="Transaction">Whose transaction it is.</param>
/// <param name="Behavior">When EF Core begins one.</param>
/// <param name="Conflicts">Whether somebody else changes rows before.</param>
internal sealed record FamilySave(
    bool IsAsync, bool Accepts, Around Transaction, AutoTransactionBehavior Behavior, bool Conflicts)
{
    /// <summary>Whether each change is accepted and committed if and only if there is no failure.</summary>
    public bool IsPlain => Accepts && Transaction == Around.Nothing;

    public static FamilySave Next(Random random) => new(
        random.Next(2) == 0,
        random.Next(10) > 0,
        (Around)Math.Max(0, random.Next(8) - 4),
        random.Next(6) == 0 ? AutoTransactionBehavior.Always : AutoTransactionBehavior.WhenNeeded,
        random.Next(8) == 0);

    public async Task RunAsync(FamilySide side, Random random)
    {
        var database = side.Context.Database;
        database.AutoTransactionBehavior = Behavior;
        if (Conflicts)
            await ConflictAsync(side, random);
        if (Transaction == Around.Nothing)
        {
            await SaveAsync(side, random);
            return;
        }

        await using var transaction = await database.BeginTransactionAsync();
        if (Transaction == Around.Savepoint)
            await transaction.CreateSavepointAsync("mine");
        await SaveAsync(side, random);
        if (Transaction == Around.Savepoint)
            await transaction.RollbackToSavepointAsync("mine");
        if (Transaction != Around.Rollback)
            await transaction.CommitAsync();
    }

    private async Task SaveAsync(FamilySide side, Random random)
    {
        for (var repeat = random.Next(8) == 0 ? 2 : 1; repeat > 0; repeat--)
            side.Told.Add($"{await SaveOnceAsync(side.Context)} rows");
    }

    private async Task<int> SaveOnceAsync(DbContext context) =>
        IsAsync ? await context.SaveChangesAsync(Accepts) : context.SaveChanges(Accepts);

    private static async Task ConflictAsync(FamilySide side, Random random)
    {
        var way = random.Next(3);
        if (side.Pick<Parent>(random) is not { } parent)
            return;

        var parents = side.Context.Set<Parent>().Where(one => one.Id == parent.Id);
        if (way == 0)
            await side.Context.Set<Child>().Where(one => one.ParentId == parent.Id).ExecuteDeleteAsync();
        else if (way == 1)
            await parents.ExecuteUpdateAsync(set => set.SetProperty(one => one.Token, one => one.Token + 50));
        else
            await side.Context.Set<Guest>().Where(one => one.ParentId == parent.Id).ExecuteDeleteAsync();
    }
}

/// <summary>What is around a save.</summary>
internal enum Around
{
    Nothing,
    Commit,
    Rollback,
    Savepoint,
}
