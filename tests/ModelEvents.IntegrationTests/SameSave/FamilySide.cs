using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>One of two families that live through the same: its context, and its things in the order of their first use.</summary>
internal sealed class FamilySide(IServiceProvider services, FamilyTables tables, CascadeTiming deletes, CascadeTiming orphans, bool tellsStates)
    : IAsyncDisposable
{
    private IServiceScope? _scope;

    public FamilyContext Context { get; private set; } = null!;

    public List<object> Things { get; } = [];

    /// <summary>What its saves and its change tracker have told.</summary>
    public List<string> Told { get; } = [];

    public Account Account { get; } = new();

    public Task<Rows> ReadAsync() => Rows.ReadAsync(Context.Database.GetDbConnection(), tables);

    /// <summary>Adds a thing, so that it can be named.</summary>
    public T Know<T>(T thing)
        where T : notnull
    {
        Things.Add(thing);
        return thing;
    }

    /// <summary>One of the things of a type, or nothing where there is none.</summary>
    public T? Pick<T>(Random random)
        where T : class
    {
        var number = random.Next(1 << 20);
        T[] all = [.. Things.OfType<T>()];
        return all.Length == 0 ? null : all[number % all.Length];
    }

    /// <summary>Takes a new context, which tracks what it loads.</summary>
    public async Task BeginAsync(Random random, Rows? rows)
    {
        if (_scope is not null)
            await Context.DisposeAsync();
        _scope?.Dispose();
        _scope = services.CreateScope();
        Context = _scope.ServiceProvider.GetRequiredService<FamilyContext>();
        (Context.ChangeTracker.CascadeDeleteTiming, Context.ChangeTracker.DeleteOrphansTiming) = (deletes, orphans);
        Context.ChangeTracker.StateChanged += Account.Note;
        await Context.Database.OpenConnectionAsync();
        Context.SavingChanges += (_, _) => Told.Add("saving");
        Context.SavedChanges += (_, saved) => Told.Add($"saved {saved.EntitiesSavedCount}");
        if (tellsStates)
        {
            Context.SaveChangesFailed += (_, failed) => Told.Add($"failed by {failed.Exception.GetType().Name}");
            Context.ChangeTracker.StateChanged += TellState;
        }

        if (rows is not null)
            Load(random, rows);
        Things.Clear();
        Things.AddRange(Context.ChangeTracker.Entries()
            .Where(entry => entry.Entity is Thing)
            .OrderBy(entry => entry.Metadata.Name, StringComparer.Ordinal).ThenBy(KeyOf, StringComparer.Ordinal)
            .Select(entry => entry.Entity));
    }

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        _scope?.Dispose();
    }

    /// <summary>Most of what there is, so that some of it is not tracked.</summary>
    private void Load(Random random, Rows rows)
    {
        var leaves = random.Next(3) == 0 ? random.Next(1 << 14) : 0;
        Load<Parent>(rows, leaves & 1);
        Load<Child>(rows, leaves & 2);
        Load<Toy>(rows, leaves & 4);
        Load<Guest>(rows, leaves & 8);
        Load<Line>(rows, leaves & 16);
        Load<Passport>(rows, leaves & 32);
        Load<Locker>(rows, leaves & 64);
        Load<Item>(rows, leaves & 128);
        Load<Membership>(rows, leaves & 256);
        Load<Group>(rows, leaves & 512);
        Load<Node>(rows, leaves & 1024);
        Load<Animal>(rows, leaves & 2048);
        Load<Vehicle>(rows, leaves & 4096);
        Load<Shape>(rows, leaves & 8192);
        if (rows.HasAny(Context.Model.FindEntityType(typeof(Tag))!))
            Context.Set<Tag>().Include(tag => tag.Parents).Load();
    }

    private void Load<T>(Rows rows, int isLeft)
        where T : class
    {
        if (isLeft == 0 && rows.HasAny(Context.Model.FindEntityType(typeof(T))!))
            Context.Set<T>().Load();
    }

    private void TellState(object? sender, EntityStateChangedEventArgs change)
    {
        var (tracker, database) = (Context.ChangeTracker, Context.Database);
        Told.Add($"{change.Entry.Metadata.DisplayName()} {change.OldState} to {change.NewState}, detects "
            + $"{tracker.AutoDetectChangesEnabled}, {database.AutoTransactionBehavior}");
    }

    private static string KeyOf(EntityEntry entry) =>
        Rows.KeyOf(entry.Metadata.FindPrimaryKey()!.Properties.Select(property => entry.Property(property).CurrentValue));
}
