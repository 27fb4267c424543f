using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Reads from the database, after the commit, what rows of the log do not have.</summary>
internal sealed class InstanceLoader(DbContext context, CapturedModels models)
{
    private static readonly MethodInfo QueryOf =
        typeof(InstanceLoader).GetMethod(nameof(FindAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Dictionary<(IEntityType, string), IUpdateEntry?> _found = [];

    /// <summary>Loads the instances of those changes that need theirs; one that is gone by now stays unknown.</summary>
    public async Task LoadAsync(List<RowChange> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
        {
            if (change.NeedsInstance)
                change.Loaded = await LoadAsync(change, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<IUpdateEntry?> LoadAsync(RowChange change, CancellationToken cancellationToken)
    {
        if (change.Owner is { } owner)
            return LoadAsync(owner.Owner, owner.OwnerKey, owner.Reference, (change.Row.After ?? change.Row.Before)!, cancellationToken);

        var (_, rows, row) = change.Shares[0];
        return LoadAsync(
            rows.Type.Type, [.. rows.Key.Select(key => key.Property)], rows.Key, change.Shown(row), cancellationToken);
    }

    private async Task<IUpdateEntry?> LoadAsync(
        IEntityType type,
        IReadOnlyList<IProperty> key,
        IReadOnlyList<RowProperty> columns,
        object?[] row,
        CancellationToken cancellationToken)
    {
        if (columns.Any(column => row[column.Column] is null or UnreadableValue))
            return null;

        var text = (type, EntityKey.Text([.. columns.Select(column => row[column.Column])]));
        if (!_found.TryGetValue(text, out var entry))
        {
            var values = columns.Select(column => column.Read(row)).ToArray();
            var paths = models.Find(type)?.Listed.LoadNavigations ?? [];
            var found = await ((Task<object?>)QueryOf.MakeGenericMethod(type.ClrType)
                .Invoke(null, [context, key, values, paths, cancellationToken])!).ConfigureAwait(false);
            entry = found is null ? null : TrackedEntries.Find(context, found);
            _found.Add(text, entry);
        }

        return entry;
    }

    private static async Task<object?> FindAsync<T>(
        DbContext context,
        IReadOnlyList<IProperty> key,
        object?[] values,
        IReadOnlyList<string> paths,
        CancellationToken cancellationToken)
        where T : class
    {
        var instance = Expression.Parameter(typeof(T));
        var isIt = key.Select((property, index) => (Expression)Expression.Equal(
                Expression.Call(
                    typeof(EF), nameof(EF.Property), [property.ClrType], instance, Expression.Constant(property.Name)),
                Expression.Convert(
                    Expression.ArrayIndex(Expression.Field(Expression.Constant(new Wanted(values)), nameof(Wanted.Values)), Expression.Constant(index)),
                    property.ClrType)))
            .Aggregate(Expression.AndAlso);

        var query = context.Set<T>().IgnoreQueryFilters().AsTracking();
        foreach (var path in paths)
            query = query.Include(path);
        return await query.FirstOrDefaultAsync(Expression.Lambda<Func<T, bool>>(isIt, instance), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Holds the key so that EF Core takes it as a parameter, and compiles the query once.</summary>
    private sealed class Wanted(object?[] values)
    {
        public readonly object?[] Values = values;
    }
}
