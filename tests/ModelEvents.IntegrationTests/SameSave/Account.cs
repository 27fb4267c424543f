using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>EF Core's own account of what its saves have written: the changes that it accepts.</summary>
internal sealed class Account
{
    private static readonly Type[] NotListed = [typeof(Toy), typeof(Locker), typeof(Group)];

    private readonly List<(IEntityType Type, string RowKey, EntityState State, string[] Models)> _saved = [];

    private readonly HashSet<string> _tracked = [];

    public bool IsOpen { get; private set; }

    /// <summary>A save begins.</summary>
    public void Open()
    {
        _saved.Clear();
        _tracked.Clear();
        IsOpen = true;
    }

    /// <summary>A save has ended, after which these are tracked.</summary>
    public void Close(IEnumerable<EntityEntry> entries)
    {
        IsOpen = false;
        foreach (var entry in entries.Where(entry => IsListed(entry.Metadata)))
            _tracked.UnionWith(ModelsOf(entry));
    }

    public void Note(object? sender, EntityStateChangedEventArgs change)
    {
        var isAccepted = (change.OldState, change.NewState) is (EntityState.Added or EntityState.Modified, EntityState.Unchanged)
            or (EntityState.Deleted, EntityState.Detached);
        if (!IsOpen || !isAccepted)
            return;

        var type = change.Entry.Metadata;
        _saved.Add((type, Rows.KeyOf(ValuesOf(change.Entry, type.FindPrimaryKey()!.Properties)), change.OldState, [.. ModelsOf(change.Entry)]));
    }

    /// <summary>What is wrong with the events of what was saved; nothing if all is right.</summary>
    public IEnumerable<string> Check(IReadOnlyList<(string Model, string Action)> events, Rows before, Rows after)
    {
        // A database may give the key of what is deleted to what is inserted in the same save.
        foreach (var repeated in events.GroupBy(one => one.Model).Where(of => of.Count() > CountOf(of.Key)))
            yield return $"{repeated.Count()} events of {repeated.Key}: {string.Join(", ", repeated.Select(one => one.Action))}";

        var told = events.Select(one => one.Model).ToHashSet();
        foreach (var (model, action) in events.Where(one => !IsReused(one.Model) && !HasTemporaryKey(one.Model)))
        {
            var saved = _saved.Where(one => one.Models.Contains(model)).ToList();
            if (saved.Count == 0)
                yield return $"an event {action} of {model}, which was not saved";
            else if (Root(saved, model) is { } root && !Fits(action, root, before, after))
                yield return $"an event {action} of {model}, which was {root.State}";
        }

        foreach (var (type, key, state, models) in _saved)
        {
            if (after.Differs(before, type, key) && models.FirstOrDefault(model => !told.Contains(model) && IsKnown(model)) is { } missing)
                yield return $"no event of {missing}, whose {type.DisplayName()} {key} was {state}";
        }
    }

    /// <summary>How many instances of a key were saved; at least one.</summary>
    private int CountOf(string model) => Math.Max(1, _saved.Count(one => IsListed(one.Type) && one.Models.Contains(model)));

    /// <summary>Whether what is inserted has the key of what is deleted, perhaps of another type of the same hierarchy.</summary>
    private bool IsReused(string model) => _saved.Any(one => IsListed(one.Type) && one.Models.Contains(model)
        && _saved.Count(other => other.RowKey == one.RowKey && other.Type.GetRootType() == one.Type.GetRootType()) > 1);

    /// <summary>A part tells of its owner only where that is tracked too.</summary>
    private bool IsKnown(string model) =>
        _tracked.Contains(model) || _saved.Any(one => IsListed(one.Type) && one.Models.Contains(model));

    /// <summary>What was saved and never accepted keeps a temporary key, even where its row is deleted.</summary>
    private static bool HasTemporaryKey(string model) => model.Contains(" -2147", StringComparison.Ordinal);

    private static (IEntityType Type, string Key, EntityState State)? Root(
        List<(IEntityType Type, string RowKey, EntityState State, string[] Models)> saved, string model) =>
        saved.Where(one => IsListed(one.Type)).Select(one => ((IEntityType, string, EntityState)?)(one.Type, one.RowKey, one.State))
            .FirstOrDefault();

    private static bool Fits(string action, (IEntityType Type, string Key, EntityState State) root, Rows before, Rows after) =>
        (before.Has(root.Type, root.Key), after.Has(root.Type, root.Key)) switch
        {
            (false, true) => action == "created",
            (true, false) => action == "deleted",
            _ => action == "updated",
        };

    private static bool IsListed(IEntityType type) =>
        type.ClrType.IsAssignableTo(typeof(Thing)) && !NotListed.Contains(type.ClrType);

    /// <summary>The listed instances that an entry is, or is a part of.</summary>
    private static IEnumerable<string> ModelsOf(EntityEntry entry)
    {
        var type = entry.Metadata;
        if (IsListed(type))
            return [NameOf(type, ValuesOf(entry, type.FindPrimaryKey()!.Properties))];
        if (type.FindOwnership() is { } ownership)
            return [NameOf(typeof(Parent), ValuesOf(entry, ownership.Properties))];
        return type.HasSharedClrType
            ? type.GetForeignKeys().Select(key => NameOf(key.PrincipalEntityType, ValuesOf(entry, key.Properties)))
            : [];
    }

    private static string NameOf(IEntityType type, object?[] key) => NameOf(
        type.ClrType == typeof(Truck) ? type.ClrType : type.GetRootType().ClrType, key);

    private static string NameOf(Type model, object?[] key) => $"{model.FullName} {KeyText(key)}";

    private static string KeyText(object?[] key) => key is [var only]
        ? Convert.ToString(only, CultureInfo.InvariantCulture)!
        : JsonSerializer.Serialize(key);

    private static object?[] ValuesOf(EntityEntry entry, IReadOnlyList<IProperty> properties) =>
        [.. properties.Select(property => entry.Property(property).CurrentValue)];
}
