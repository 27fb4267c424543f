using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>
/// Puts database-generated values on the instances while serializers look at them, and on deleted ones what was stored. Before
/// the commit EF Core holds them on the entry only; should the commit fail the instances must be as they were, so disposing
/// puts the old values back.
/// </summary>
internal sealed class GeneratedValues : IDisposable
{
    private static readonly ConditionalWeakTable<IPropertyBase, Action<object, object?>> Setters = [];

    private readonly List<(object Instance, Action<object, object?> Set, object? Before)> _changed = [];

    public static GeneratedValues PutOnInstances(DbContext context, List<Change> changes)
    {
        var values = new GeneratedValues();
        foreach (var entry in TrackedEntries.Changed(context))
        {
            if (entry.EntityState != EntityState.Deleted)
                values.Put(entry);
        }

        foreach (var change in changes)
        {
            if (change is { Action: ChangeAction.Deleted, Model.Body.ReadsInstance: true })
                values.PutStored(change.Entry);
        }

        return values;
    }

    /// <summary>Writes a value to an instance without EF Core noticing.</summary>
    public static Action<object, object?> SetterOf(IPropertyBase property) => Setters.GetValue(property, CompileSetter);

    public void Dispose()
    {
        foreach (var (instance, set, before) in _changed)
            set(instance, before);
    }

    private void Put(IUpdateEntry entry)
    {
        foreach (var property in entry.EntityType.GetProperties())
        {
            if (!CanBeGenerated(property))
                continue;

            Put(entry, property, entry.GetPreStoreGeneratedCurrentValue(property), entry.GetCurrentValue(property));
        }
    }

    /// <summary>EF Core clears references that are severed, also of what is then deleted.</summary>
    private void PutStored(IUpdateEntry entry)
    {
        foreach (var property in entry.EntityType.GetProperties())
        {
            if (!property.IsShadowProperty())
                Put(entry, property, entry.GetCurrentValue(property), entry.GetOriginalValue(property));
        }
    }

    private void Put(IUpdateEntry entry, IProperty property, object? before, object? value)
    {
        if (property.GetValueComparer().Equals(before, value))
            return;

        var instance = entry.ToEntityEntry().Entity;
        var set = SetterOf(property);
        set(instance, value);
        _changed.Add((instance, set, before));
    }

    private static bool CanBeGenerated(IProperty property) =>
        !property.IsShadowProperty()
        && (property.ValueGenerated != ValueGenerated.Never || property.IsForeignKey() || property.IsPrimaryKey());

    /// <summary>Writes where EF Core itself would write when it materializes: the backing field where there is one.</summary>
    private static Action<object, object?> CompileSetter(IPropertyBase property)
    {
        if (property.IsIndexerProperty())
            return CompileIndexer(property);

        var member = property.GetMemberInfo(forMaterialization: true, forSet: true);
        if (member is FieldInfo { IsInitOnly: true } field)
            return field.SetValue;

        var instance = Expression.Parameter(typeof(object));
        var value = Expression.Parameter(typeof(object));
        var target = Expression.MakeMemberAccess(Expression.Convert(instance, member.DeclaringType!), member);
        var assign = Expression.Assign(target, Expression.Convert(value, target.Type));
        return Expression.Lambda<Action<object, object?>>(assign, instance, value).Compile();
    }

    private static Action<object, object?> CompileIndexer(IPropertyBase property)
    {
        var (instance, value) = (Expression.Parameter(typeof(object)), Expression.Parameter(typeof(object)));
        var indexer = property.PropertyInfo!;
        var target = Expression.MakeIndex(
            Expression.Convert(instance, indexer.DeclaringType!), indexer, [Expression.Constant(property.Name)]);
        var assign = Expression.Assign(target, Expression.Convert(value, target.Type));
        return Expression.Lambda<Action<object, object?>>(assign, instance, value).Compile();
    }
}
