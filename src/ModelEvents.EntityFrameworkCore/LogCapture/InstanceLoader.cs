using System.Data.Common;
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

    private readonly Dictionary<(IEntityType, string, string), IUpdateEntry?> _found = [];

    /// <summary>Loads the instances of those changes that need theirs; one that is gone by now stays unknown.</summary>
    public async Task LoadAsync(List<RowChange> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes.Where(change => change.NeedsInstance))
        {
            try
            {
                change.Loaded = await LoadAsync(change, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException exception) when (IsOfSchema(exception))
            {
                // A table or column that the model has is gone: what the row has must do, or nothing would flow any more.
            }
        }
    }

    // Class 42 of https://www.postgresql.org/docs/current/errcodes-appendix.html: syntax error or access rule violation.
    private static bool IsOfSchema(DbException exception) =>
        exception.SqlState?.StartsWith("42", StringComparison.Ordinal) == true;

    private async Task<IUpdateEntry?> LoadAsync(RowChange change, CancellationToken cancellationToken)
    {
        var (type, key) = change.Shares is [var share, ..]
            ? (share.Rows.Type.Type, [.. share.Rows.Key.Select(column => column.Property)])
            : (change.Belongings[0].How.Owner, change.Belongings[0].How.OwnerKey);
        var (columns, row) = change.Key();
        if (columns.Any(column => row[column.Column] is null or UnreadableValue))
            return null;

        var paths = PathsOf(type, change);
        var wanted = (type, EntityKey.Text([.. columns.Select(column => row[column.Column])]), string.Join(',', paths));
        if (!_found.TryGetValue(wanted, out var entry))
        {
            var values = columns.Select(column => column.Read(row)).ToArray();
            var found = await ((Task<object?>)QueryOf.MakeGenericMethod(type.ClrType)
                .Invoke(null, [context, key, values, paths, cancellationToken])!).ConfigureAwait(false);
            entry = found is null ? null : TrackedEntries.Find(context, found);
            _found.Add(wanted, entry);
        }

        return entry;
    }

    /// <summary>What to load with an instance: links too where it was created with some.</summary>
    private IReadOnlyList<string> PathsOf(IEntityType type, RowChange change)
    {
        var listed = models.Find(type)?.Listed.LoadNavigations ?? [];
        return change.Action == ChangeAction.Created && change.Belongings.Exists(one => one.How.Link is not null)
            ? [.. listed.Union(change.Belongings.Select(one => one.How.Link?.Navigation.Name).OfType<string>())]
            : listed;
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
