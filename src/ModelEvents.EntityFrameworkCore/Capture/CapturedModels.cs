using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Capture;

/// <summary>The listed models of one EF Core model, ready for capture. Immutable: a reloaded list makes another.</summary>
internal sealed class CapturedModels(
    IReadOnlyDictionary<IEntityType, CapturedModel> models,
    ILookup<IEntityType, CapturedLink> links,
    IReadOnlySet<IEntityType> owned,
    PropertyNames names,
    bool isRelational,
    bool hasRules)
{
    public bool IsEmpty => models.Count == 0;

    public bool IsRelational => isRelational;

    /// <summary>Whether there may be rules about changes.</summary>
    public bool HasRules => hasRules;

    /// <summary>Whether changes of others of the context are captured from the log.</summary>
    public bool HasLog { get; init; }

    public PropertyNames Names => names;

    public IEnumerable<KeyValuePair<IEntityType, CapturedModel>> All => models;

    /// <summary>Whether a change of this type is, or is part of, a change of a listed model.</summary>
    public bool Has(IEntityType type) => models.ContainsKey(type) || IsPart(type);

    /// <summary>Whether the type is owned by a listed model or joins one to another.</summary>
    public bool IsPart(IEntityType type) => owned.Contains(type) || links.Contains(type);

    /// <summary>The listed model of this type or, if it is not listed, of its nearest listed base.</summary>
    public CapturedModel? Find(IEntityType type) => models.GetValueOrDefault(type);

    /// <summary>The many-to-many links of listed models that rows of this join type stand for.</summary>
    public IEnumerable<CapturedLink> LinksOf(IEntityType joinType) => links[joinType];
}
