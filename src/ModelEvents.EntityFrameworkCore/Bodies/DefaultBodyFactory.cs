using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Bodies;

/// <summary>
/// Decides what a default body contains: mapped scalar properties with foreign keys and shadow properties, complex and
/// owned types nested, many-to-many links as lists of keys. Worked out once per model.
/// </summary>
internal sealed class DefaultBodyFactory(PropertyNames names, JsonSerializerOptions json)
{
    public DefaultBody Create(ListedModel listed, IEntityType type) => new([
        .. Members(type.GetProperties().Where(p => listed.HasInBody(p.Name)), type.GetComplexProperties()
            .Where(p => listed.HasInBody(p.Name))),
        .. Owned(type).Where(n => listed.HasInBody(n.Name))
            .Select(n => OwnedMember(n, listed.Capture == CaptureSource.Log)),
        .. type.GetSkipNavigations().Where(n => listed.HasInBody(n.Name)).Select(LinksMember),
    ]);

    /// <summary>The properties of the key alone, whatever else the body would have.</summary>
    public DefaultBody CreateKey(IEntityType type) => new([.. Members(type.FindPrimaryKey()!.Properties, [])]);

    /// <summary>The body of <see cref="NameStyle.Dotted"/>: which instance of which model, under names that never change.</summary>
    public DefaultBody CreateIdentity(ListedModel listed, IEntityType type) => new([
        new ConstantMember("model", listed.ShortName),
        type.FindPrimaryKey()!.Properties is [var key]
            ? Scalar(key, "id")
            : new KeyMember("id", new EntityKey(type.FindPrimaryKey()!.Properties), json),
    ]);

    private IEnumerable<BodyMember> Members(IEnumerable<IProperty> scalars, IEnumerable<IComplexProperty> complex) =>
        [.. scalars.Select(property => Scalar(property, names.Of(property.Name))), .. complex.Select(Complex)];

    private BodyMember Scalar(IProperty property, string name)
    {
        var form = ValueForms.Get(property, json);
        return form is StoredForm { Converter: null } && !IsEnum(property.ClrType)
            ? (BodyMember)Activator.CreateInstance(typeof(ScalarMember<>).MakeGenericType(property.ClrType), name, property, json)!
            : new FormMember(name, property, form);
    }

    private BodyMember Complex(IComplexProperty property)
    {
        var name = names.Of(property.Name);
        var type = property.ComplexType;
        return property.IsCollection
            ? new ComplexListMember(name, property, names, json)
            : new ComplexMember(name, property, Members(type.GetProperties(), type.GetComplexProperties()));
    }

    private static IEnumerable<INavigation> Owned(IEntityType type) =>
        type.GetNavigations().Where(n => n is { IsOnDependent: false, ForeignKey.IsOwnership: true });

    private OwnedMember OwnedMember(INavigation navigation, bool isLogged)
    {
        var type = navigation.TargetEntityType;
        var ownKeys = navigation.ForeignKey.Properties;
        // The keys of an owned type that is not a collection, or that have no CLR property, only tie it to its owner.
        var scalars = type.GetProperties().Where(p => !ownKeys.Contains(p) && !(p.IsShadowProperty() && p.IsKey()));
        return new OwnedMember(
            names.Of(navigation.Name),
            navigation,
            [.. Members(scalars, type.GetComplexProperties()), .. Owned(type).Select(n => OwnedMember(n, isLogged))],
            isLogged);
    }

    private LinksMember LinksMember(ISkipNavigation navigation) =>
        new(names.Of(navigation.Name), navigation, new EntityKey(navigation.TargetEntityType.FindPrimaryKey()!.Properties), json);

    private static bool IsEnum(Type type) => (Nullable.GetUnderlyingType(type) ?? type).IsEnum;
}
