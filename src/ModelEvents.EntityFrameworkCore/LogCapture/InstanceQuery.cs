using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Finds instances by a key, whatever query filters there are.</summary>
/// <param name="type">Their type.</param>
/// <param name="key">The properties of the key.</param>
/// <param name="paths">The navigations to load with them.</param>
internal sealed class InstanceQuery(IEntityType type, IReadOnlyList<IProperty> key, IReadOnlyList<string> paths)
{
    private static readonly MethodInfo QueryOf =
        typeof(InstanceQuery).GetMethod(nameof(Query), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly MethodInfo ListOf =
        typeof(InstanceQuery).GetMethod(nameof(ToList), BindingFlags.NonPublic | BindingFlags.Static)!;

    private EntityKey? _key;

    public IEntityType Type => type;

    public string PathText { get; } = string.Join(',', paths);

    /// <summary>Whether several can be asked for at once: by a key of one column that is stored as it is.</summary>
    public bool CanFindMany => key is [var only] && StoredValue.ConverterOf(only) is null;

    public string KeyText(IUpdateEntry entry) => (_key ??= new EntityKey(key)).Text(entry);

    public Task<object?> FindAsync(DbContext context, object?[] values, CancellationToken cancellationToken)
    {
        var instance = Expression.Parameter(type.ClrType);
        var isIt = key
            .Select((property, index) => (Expression)Expression.Equal(
                Member(instance, property),
                Expression.Convert(Expression.ArrayIndex(Parameter(values), Expression.Constant(index)), property.ClrType)))
            .Aggregate(Expression.AndAlso);
        return Matching(context, Expression.Lambda(isIt, instance)).FirstOrDefaultAsync(cancellationToken);
    }

    public IAsyncEnumerable<object> FindManyAsync(
        DbContext context, IEnumerable<object?> values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var instance = Expression.Parameter(type.ClrType);
        var list = ListOf.MakeGenericMethod(key[0].ClrType).Invoke(null, [values])!;
        var isOne = Expression.Call(
            typeof(Enumerable), nameof(Enumerable.Contains), [key[0].ClrType], Parameter(list), Member(instance, key[0]));
        return Matching(context, Expression.Lambda(isOne, instance)).AsAsyncEnumerable();
    }

    private IQueryable<object> Matching(DbContext context, LambdaExpression condition) =>
        (IQueryable<object>)QueryOf.MakeGenericMethod(type.ClrType).Invoke(null, [context, type, condition, paths])!;

    private static IQueryable<T> Query<T>(
        DbContext context, IEntityType type, Expression<Func<T, bool>> condition, IReadOnlyList<string> paths)
        where T : class
    {
        var set = type.HasSharedClrType ? context.Set<T>(type.Name) : context.Set<T>();
        var query = set.IgnoreQueryFilters().AsTracking();
        foreach (var path in paths)
            query = query.Include(path);
        return query.Where(condition);
    }

    private static MethodCallExpression Member(ParameterExpression instance, IProperty property) => Expression.Call(
        typeof(EF), nameof(EF.Property), [property.ClrType], instance, Expression.Constant(property.Name));

    private static List<T> ToList<T>(IEnumerable<object?> values) => [.. values.Select(value => (T)value!)];

    /// <summary>A value that EF Core takes as a parameter, so that the query is compiled once.</summary>
    private static MemberExpression Parameter(object value)
    {
        var holder = Activator.CreateInstance(typeof(Holder<>).MakeGenericType(value.GetType()), value)!;
        return Expression.Field(Expression.Constant(holder), "Value");
    }

    private sealed class Holder<T>(T value)
    {
        public readonly T Value = value;
    }
}
