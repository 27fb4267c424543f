using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Bodies;
using ModelEvents.Models;
using ModelEvents.Outbox;
using ModelEvents.Rules.InForce;

namespace ModelEvents.Capture;

/// <summary>
/// Applies the model list in force to the EF Core model of a context, once for each pair of them. Where there is no log, in
/// memory and in tests with a recorder, the tracker stands in for it.
/// </summary>
internal sealed class CapturedModelsSource(
    ModelListProvider lists, BodyWriters bodies, IEnumerable<IEventRecorder> recorders)
{
    private readonly ConditionalWeakTable<IModel, Applied> _applied = [];
    private readonly bool _isRecorded = recorders.Any();

    // Most programs have one model and one list.
    private volatile Applied? _last;

    /// <summary>The models whose changes the context's own saves tell.</summary>
    public CapturedModels For(DbContext context) => ApplyTo(context).Tracker;

    /// <summary>The models whose changes the log tells.</summary>
    public CapturedModels FromLog(DbContext context) => ApplyTo(context).Log;

    private Applied ApplyTo(DbContext context)
    {
        var list = lists.Current;
        var model = context.Model;
        if (_last is { } last && ReferenceEquals(last.Model, model) && ReferenceEquals(last.List, list))
            return last;

        if (!_applied.TryGetValue(model, out var applied) || !ReferenceEquals(applied.List, list))
            _applied.AddOrUpdate(model, applied = Apply(list, model, context));
        return _last = applied;
    }

    private Applied Apply(ModelList list, IModel model, DbContext context)
    {
        var isRelational = context.Database.IsRelational();
        var hasLog = isRelational && !_isRecorded;
        var log = Apply(list, model, isRelational, listed => hasLog && listed.Capture == CaptureSource.Log);
        var tracker = Apply(
            list, model, isRelational, listed => !hasLog || listed.Capture != CaptureSource.Log, besideLog: !log.IsEmpty);
        return new Applied(model, list, tracker, log);
    }

    private CapturedModels Apply(
        ModelList list, IModel model, bool isRelational, Func<ListedModel, bool> isWanted, bool besideLog = false)
    {
        var json = bodies.JsonFor(list);
        var names = new PropertyNames(json.PropertyNamingPolicy);
        var listed = list.Models.ToDictionary(entry => entry.Identity);
        var models = new Dictionary<IEntityType, CapturedModel>();
        foreach (var type in model.GetEntityTypes().Where(CanBeListed))
        {
            if (NearestListed(type, listed) is { } entry && isWanted(entry))
            {
                models.Add(type, new CapturedModel(
                    entry, type, names, BodyWriters.For(entry, type, names, json), isRelational)
                {
                    KeyBody = BodyWriters.KeyOf(entry, type, names, json),
                });
            }
        }

        return new CapturedModels(
            models, LinksOf(models.Keys, names), OwnedBy(models, model), names, isRelational, RuleBook.IsMapped(model))
        {
            HasLog = besideLog,
        };
    }

    /// <summary>Whether a type can be listed: one of the user's that is tracked by itself.</summary>
    public static bool CanBeListed(IReadOnlyEntityType type) =>
        !type.IsOwned() && type.FindPrimaryKey() is not null && !IsOurs(type);

    /// <summary>Whether the type is one of those that ModelEvents adds to a model.</summary>
    public static bool IsOurs(IReadOnlyEntityType type) => type.ClrType.Assembly == typeof(CapturedModelsSource).Assembly;

    /// <summary>What tells the type from other models: EF Core's name too, where several share the CLR type.</summary>
    public static (Type ClrType, string? EntityName) IdentityOf(IReadOnlyEntityType type) =>
        (type.ClrType, type.HasSharedClrType ? type.Name : null);

    /// <summary>The entity type that a listed model is in <paramref name="model"/>, if it is mapped there.</summary>
    public static IEntityType? Find(IModel model, ListedModel listed) => listed.EntityName is { } name
        ? model.FindEntityType(name)
        : model.FindEntityType(listed.ClrType);

    private static ListedModel? NearestListed(
        IEntityType type, Dictionary<(Type ClrType, string? EntityName), ListedModel> listed)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (listed.TryGetValue(IdentityOf(current), out var entry))
                return entry;
        }

        return null;
    }

    private static ILookup<IEntityType, CapturedLink> LinksOf(IEnumerable<IEntityType> types, PropertyNames names) =>
        types.SelectMany(type => type.GetSkipNavigations())
            .Distinct()
            .ToLookup(
                navigation => navigation.JoinEntityType,
                navigation => new CapturedLink(
                    navigation, names.Of(navigation), new EntityKey(navigation.Inverse.ForeignKey.Properties)));

    private static HashSet<IEntityType> OwnedBy(Dictionary<IEntityType, CapturedModel> models, IModel model) =>
        [.. model.GetEntityTypes().Where(type => type.IsOwned() && models.ContainsKey(RootOwner(type)))];

    private static IEntityType RootOwner(IEntityType type)
    {
        while (type.FindOwnership() is { } ownership)
            type = ownership.PrincipalEntityType;
        return type;
    }

    private sealed record Applied(IModel Model, ModelList List, CapturedModels Tracker, CapturedModels Log);
}
