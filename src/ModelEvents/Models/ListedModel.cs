using ModelEvents.Serialization;

namespace ModelEvents.Models;

/// <summary>An entry of the model list after names are resolved and checked.</summary>
public sealed record ListedModel
{
    /// <summary>The model's CLR type.</summary>
    public required Type ClrType { get; init; }

    /// <summary>The model's full name, as in <see cref="ModelEvent.Model"/>.</summary>
    public required string Name { get; init; }

    /// <summary>What its event names begin with.</summary>
    public required string Prefix { get; init; }

    /// <summary>The publishing service of its events.</summary>
    public required string Service { get; init; }

    /// <summary>The type of its serializer, or <see langword="null"/> for the default body.</summary>
    public Type? SerializerType { get; init; }

    /// <summary>The exact name of its status property, or <see langword="null"/>.</summary>
    public string? StatusField { get; init; }

    /// <summary>How its events are named.</summary>
    public NameStyle NameStyle { get; init; }

    /// <summary>When status events are published.</summary>
    public StatusEvents StatusEvents { get; init; }

    /// <summary>What to do about writes that capture cannot see.</summary>
    public UncapturedWrites UncapturedWrites { get; init; }

    /// <summary>Where its changes are seen.</summary>
    public CaptureSource Capture { get; init; }

    /// <summary>Navigations to load for its events where it is captured from the log.</summary>
    public IReadOnlyList<string> LoadNavigations { get; init; } = [];

    /// <summary>Exact names of the only properties of the default body; empty for all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Exact names of the properties that the default body leaves out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>EF Core's name of an entity type that shares its CLR type with others, such as a property bag.</summary>
    internal string? EntityName { get; init; }

    /// <summary>What tells it from other models.</summary>
    internal (Type ClrType, string? EntityName) Identity => (ClrType, EntityName);

    /// <summary>The model's name without what it is nested in and without type arguments.</summary>
    internal string ShortName => TypeNames.ShortOf(ClrType, EntityName);

    /// <summary>The CLR type of the status property, or <see langword="null"/>. Not compared.</summary>
    internal Type? StatusType { get; init; }

    /// <summary>The serializer itself, or <see langword="null"/> for the default body. Not compared.</summary>
    internal BodySerializer? Serializer { get; init; }

    /// <summary>Whether both say the same.</summary>
    public bool Equals(ListedModel? other) =>
        other is not null
        && Values.Equals(other.Values)
        && Include.SequenceEqual(other.Include)
        && Exclude.SequenceEqual(other.Exclude)
        && LoadNavigations.SequenceEqual(other.LoadNavigations);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.GetHashCode();

    /// <summary>Whether a default body has this property.</summary>
    internal bool HasInBody(string property) => Include.Count > 0 ? Include.Contains(property) : !Exclude.Contains(property);

    /// <summary>The name of its event for this action.</summary>
    internal string EventName(ChangeAction action) => EventNames.Of(Prefix, action, NameStyle);

    /// <summary>The name of its event for this status.</summary>
    internal string EventName(string status) => EventNames.Of(Prefix, status, NameStyle);

    private ((Type, string?), string, string, Type?, string?, NameStyle, StatusEvents, UncapturedWrites, CaptureSource) Values =>
        (Identity, Prefix, Service, SerializerType, StatusField, NameStyle, StatusEvents, UncapturedWrites, Capture);
}
