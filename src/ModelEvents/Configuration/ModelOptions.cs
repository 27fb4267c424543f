using ModelEvents.Configuration;

namespace ModelEvents;

/// <summary>One entry of the model list.</summary>
public sealed class ModelOptions
{
    /// <summary>
    /// The model's full CLR name or any unambiguous tail of it (<c>Order</c>, <c>Shop.Order</c>). Segments compare
    /// without regard to case and underscores, so that <c>test_app.StatusModel</c> finds <c>TestApp.StatusModel</c>.
    /// Required.
    /// </summary>
    public string Model { get; set; } = "";

    /// <summary>
    /// The type that implements <see cref="IModelSerializer{TModel}"/> for the model, named like a model: a full name
    /// or a tail of one in the loaded assemblies. <c>Namespace.Type, Assembly</c> loads the assembly. Without one the
    /// default body is written.
    /// </summary>
    public string? Serializer { get; set; }

    /// <summary>The property whose value names the event instead of <c>created</c> and <c>updated</c>.</summary>
    public string? StatusField { get; set; }

    /// <summary>
    /// What event names begin with. Default: the model's name in snake case; with <see cref="NameStyle.Dotted"/> that behind
    /// its table's schema or its context's name.
    /// </summary>
    public string? EventNamePrefix { get; set; }

    /// <summary>
    /// The publishing service of this model's events. Default: <see cref="ModelEventsOptions.ServiceName"/>.
    /// </summary>
    public string? ServiceName { get; set; }

    /// <summary>
    /// The only properties of the default body; not together with <see cref="Exclude"/>, nor with
    /// <see cref="NameStyle.Dotted"/>.
    /// </summary>
    public IList<string> Include { get; } = [];

    /// <summary>
    /// Properties that the default body leaves out; not together with <see cref="Include"/>, nor with
    /// <see cref="NameStyle.Dotted"/>.
    /// </summary>
    public IList<string> Exclude { get; } = [];

    /// <summary>When status events are published. Default: <see cref="ModelEventsOptions.StatusEvents"/>.</summary>
    public StatusEvents? StatusEvents { get; set; }

    /// <summary>
    /// What to do about writes that capture cannot see. Default: <see cref="ModelEventsOptions.UncapturedWrites"/>.
    /// </summary>
    public UncapturedWrites? UncapturedWrites { get; set; }

    /// <summary>Where the model's changes are seen. Default: <see cref="ModelEventsOptions.Capture"/>.</summary>
    public CaptureSource? Capture { get; set; }

    /// <summary>
    /// Navigations to load for each event, after the commit, where the model is captured from the log: a row of it is its
    /// columns alone. Paths such as <c>Customer</c> or <c>Order.Lines</c>, for serializers that follow them. Not for
    /// <see cref="CaptureSource.Tracker"/>.
    /// </summary>
    public IList<string> LoadNavigations { get; } = [];

    /// <summary>Where the entry was written.</summary>
    internal ModelOrigin Origin { get; init; }

    /// <summary>The entry's configuration path, or <see langword="null"/> for code.</summary>
    internal string? Path { get; init; }

    /// <summary>The entry's place, for messages.</summary>
    internal string Place => Path ?? "code";

    /// <summary>The model, where it was listed in code.</summary>
    internal Type? ClrType { get; set; }

    /// <summary>The serializer, where it was set in code.</summary>
    internal Type? SerializerType { get; set; }
}
