using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Works out what the rows of one table, as it is now, mean.</summary>
/// <param name="models">The listed models.</param>
/// <param name="context">Knows the types.</param>
/// <param name="mapped">The table as EF Core maps it.</param>
/// <param name="table">The table as the log describes it; columns that EF Core does not know are ignored.</param>
/// <param name="typeOf">What makes instances of a type.</param>
internal sealed class TablePlanFactory(
    CapturedModels models, DbContext context, ITable mapped, LogTable table, Func<IEntityType, RowType> typeOf)
{
    private readonly Type?[] _types = new Type?[table.Columns.Count];
    private readonly Dictionary<string, int> _columns = table.Columns
        .Select((column, index) => (column.Name, index))
        .ToDictionary(column => column.Name, column => column.index);

    public TablePlan Create()
    {
        var types = mapped.EntityTypeMappings.Select(mapping => (IEntityType)mapping.TypeBase).Distinct().ToList();
        var instances = types.Where(type => !type.IsAbstract() && models.Find(type) is not null).ToDictionary(type => type, RowsOf);
        var owners = types.SelectMany(OwnersOf).ToList();
        var discriminator = types.Select(type => type.FindDiscriminatorProperty()).FirstOrDefault(IsMapped);
        var told = discriminator is null ? null : Property(discriminator, name: null);
        var hasSeveral = types.Where(type => !type.IsAbstract() && type.FindDiscriminatorProperty() is not null)
            .DistinctBy(type => models.Find(type)?.Listed).Skip(1).Any();
        var unclear = UnclearOf(types, [.. instances.Keys]);
        return new TablePlan(table, _types)
        {
            Identity =
            [
                .. instances.Values.SelectMany(rows => rows.Key)
                    .Concat(owners.SelectMany(owner => owner.Place))
                    .Concat(told is not null && hasSeveral ? [told] : Array.Empty<RowProperty>())
                    .DistinctBy(property => property.Column),
            ],
            HasSeveralModels = hasSeveral,
            // The base first: what a row is where it does not tell.
            Instances = [.. instances.OrderBy(pair => pair.Key.GetAllBaseTypes().Count()).Select(pair => pair.Value)],
            Discriminator = told,
            ByDiscriminator = discriminator is null
                ? []
                : instances.ToDictionary(pair => pair.Key.GetDiscriminatorValue()!, pair => pair.Value),
            Owners = owners,
            IsShared = types.Any(IsShared),
            Unclear = unclear,
            HasOtherModels = unclear is not null
                && ConcreteOf(types, unclear).DistinctBy(type => models.Find(type)?.Listed).Skip(1).Any(),
        };
    }

    /// <summary>What becomes of the rows of a table that cannot be read as its models: of each an event that is parked.</summary>
    public TablePlan? CreateUnread(string reason)
    {
        var model = mapped.EntityTypeMappings.Select(mapping => (IEntityType)mapping.TypeBase)
            .SelectMany(type => models.LinksOf(type).Select(link => link.Navigation.DeclaringEntityType).Append(OutermostOf(type)))
            .SelectMany(type => type.GetDerivedTypesInclusive())
            .Select(models.Find)
            .FirstOrDefault(model => model is not null);
        return model is null ? null : new TablePlan(table, new Type?[table.Columns.Count])
        {
            Instances = [],
            Owners = [],
            Identity = [],
            Mistake = (model, reason),
        };
    }

    private static IEntityType? UnclearOf(List<IEntityType> types, List<IEntityType> listed)
    {
        if (listed.Count == 0 || listed[0].GetMappingStrategy() != RelationalAnnotationNames.TptMappingStrategy
            || ConcreteOf(types, listed[0]).Take(2).Count() == 1)
            return null;

        return listed[0].GetAllBaseTypesInclusive().Reverse()
            .FirstOrDefault(common => listed.TrueForAll(common.IsAssignableFrom));
    }

    private static IEnumerable<IEntityType> ConcreteOf(List<IEntityType> types, IEntityType hierarchy) =>
        types.Where(type => !type.IsAbstract() && type.GetRootType() == hierarchy.GetRootType());

    private static IEntityType OutermostOf(IEntityType type)
    {
        while (type.FindOwnership() is { } ownership)
            type = ownership.PrincipalEntityType;
        return type;
    }

    private bool IsMapped(IProperty? property) => property is not null && ColumnOf(property) is not null;

    private TypeRows RowsOf(IEntityType type)
    {
        var model = models.Find(type)!;
        var names = model.Properties.Where(property => !property.IsBookkeeping)
            .ToDictionary(property => property.Property, property => property.Name);
        var properties = Properties(type, names.GetValueOrDefault);
        var version = type.GetProperties().FirstOrDefault(IsVersion);
        var isWhole = properties.Length + (version is null ? 0 : 1) == type.GetFlattenedProperties().Count(IsOutsideJson)
            && IsWhole(type);

        return new TypeRows(
            model,
            typeOf(type),
            properties,
            [.. type.FindPrimaryKey()!.Properties.Select(key =>
                properties.FirstOrDefault(property => property.Property == key) ?? Property(key, name: null))],
            [.. PartsOf(type, name: null), .. ComplexJson(type)],
            version is null ? null : new RowVersion(version),
            isWhole,
            IsShared(type) || type.GetSkipNavigations().Any()
                || OwnedBy(type).Any(navigation => !IsHere(navigation.TargetEntityType)));
    }

    /// <summary>Whether all that the type owns, or has in JSON columns, is in the row, with all of its columns.</summary>
    private bool IsWhole(IEntityType type) =>
        OwnedBy(type).Select(navigation => navigation.TargetEntityType).All(owned => IsHere(owned)
            && (owned.IsMappedToJson()
                || (owned.GetFlattenedProperties().Where(IsOutsideJson).All(IsMapped) && IsWhole(owned))))
        && type.GetComplexProperties().Where(property => property.ComplexType.IsMappedToJson())
            .All(property => IndexOf(property.ComplexType.GetContainerColumnName()) is not null);

    private static bool IsShared(IEntityType type) =>
        type.GetMappingStrategy() == RelationalAnnotationNames.TptMappingStrategy || type.GetTableMappings().Take(2).Count() > 1;

    private RowProperty[] Properties(ITypeBase type, Func<IProperty, string?> nameOf) =>
        [.. type.GetFlattenedProperties().Where(IsMapped).Select(property => Property(property, nameOf(property)))];

    private RowProperty Property(IProperty property, string? name)
    {
        var column = ColumnOf(property) ?? throw new InvalidOperationException(
            $"The table '{table.Name}' has no column any more for '{property.Name}', which tells its rows apart.");
        _types[column] ??= StoredEnum.TypeOf(property);
        return new RowProperty(property, column, name);
    }

    private int? ColumnOf(IProperty property) => IndexOf(mapped.FindColumn(property)?.Name);

    private int? IndexOf(string? name) =>
        name is not null && _columns.TryGetValue(StoredName.Of(name), out var index) ? index : null;

    private bool IsVersion(IProperty property) => mapped.FindColumn(property)?.Name == RowVersion.Column;

    private static bool IsOutsideJson(IProperty property) =>
        property.DeclaringType is not IComplexType complex || !complex.IsMappedToJson();

    /// <summary>Owned instances in the same row, in its columns or in a JSON column.</summary>
    private IEnumerable<RowPart> PartsOf(IEntityType type, string? name)
    {
        foreach (var navigation in OwnedBy(type).Where(navigation => IsHere(navigation.TargetEntityType)))
        {
            var owned = navigation.TargetEntityType;
            var told = name ?? models.Names.Of(navigation);
            if (owned.IsMappedToJson())
            {
                if (JsonColumn(owned.GetContainerColumnName()) is { } column)
                    yield return new JsonRowPart(navigation, told, column, JsonShape.Of(navigation, context));
            }
            else
            {
                yield return new OwnedRowPart(
                    navigation, told, typeOf(owned), Properties(owned, _ => told), [.. PartsOf(owned, told), .. ComplexJson(owned)]);
            }
        }
    }

    private IEnumerable<RowPart> ComplexJson(IEntityType type)
    {
        foreach (var property in type.GetComplexProperties().Where(property => property.ComplexType.IsMappedToJson()))
        {
            if (JsonColumn(property.ComplexType.GetContainerColumnName()) is { } column)
                yield return new JsonRowPart(property, models.Names.Of(property), column, JsonShape.Of(property, context));
        }
    }

    private int? JsonColumn(string? name)
    {
        if (IndexOf(name) is not { } column)
            return null;

        _types[column] = typeof(string);
        return column;
    }

    private bool IsHere(IEntityType owned) => owned.IsMappedToJson()
        ? IndexOf(owned.GetContainerColumnName()) is not null
        : owned.GetTableMappings().Any(mapping => mapping.Table == mapped);

    private static IEnumerable<INavigation> OwnedBy(IEntityType type) =>
        type.GetNavigations().Where(navigation => navigation is { IsOnDependent: false, ForeignKey.IsOwnership: true });

    private IEnumerable<OwnerRows> OwnersOf(IEntityType type)
    {
        foreach (var link in models.LinksOf(type))
        {
            var key = link.Navigation.ForeignKey;
            var reference = Reference(key);
            yield return new OwnerRows(
                key.PrincipalEntityType,
                OwnerType(key),
                key.PrincipalKey.Properties,
                reference,
                [.. reference, .. Reference(link.Navigation.Inverse.ForeignKey)],
                link.Name,
                typeOf(type),
                Properties(type, _ => null),
                link);
        }

        if (type.IsOwned() && models.IsPart(type) && type.FindOwnership() is { } ownership && !IsOwnersTable(ownership))
        {
            var outermost = ownership;
            while (outermost.PrincipalEntityType.FindOwnership() is { } outer)
                outermost = outer;
            var reference = Reference(ownership).Take(outermost.PrincipalKey.Properties.Count).ToList();
            yield return new OwnerRows(
                outermost.PrincipalEntityType,
                OwnerType(outermost),
                outermost.PrincipalKey.Properties,
                reference,
                reference,
                models.Names.Of(outermost.PrincipalToDependent!));
        }
    }

    private RowType OwnerType(IForeignKey key) => typeOf(
        key.PrincipalEntityType.GetDerivedTypesInclusive().First(type => !type.IsAbstract()));

    private bool IsOwnersTable(IForeignKey ownership) =>
        ownership.PrincipalEntityType.GetTableMappings().Any(mapping => mapping.Table == mapped);

    private List<RowProperty> Reference(IForeignKey key) => [.. key.Properties.Select(property => Property(property, name: null))];
}
