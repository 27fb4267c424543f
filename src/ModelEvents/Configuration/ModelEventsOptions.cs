using System.Text.Encodings.Web;
using System.Text.Json;
using ModelEvents.Models;

namespace ModelEvents;

/// <summary>
/// What a service publishes and how: the configuration section <c>ModelEvents</c>. Every mistake in it is reported at
/// start-up, all at once.
/// </summary>
/// <remarks>
/// A change of the configuration while the program runs takes effect, with the next save, for <see cref="Models"/>,
/// <see cref="ServiceName"/>, <see cref="NameStyle"/>, <see cref="StatusEvents"/>, <see cref="PropertyNaming"/> and
/// <see cref="UncapturedWrites"/>, and at once for which <see cref="Handlers"/> are enabled. A change of anything else
/// needs a restart.
/// </remarks>
public sealed class ModelEventsOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "ModelEvents";

    /// <summary>
    /// The publishing service: the exchange is <c>&lt;ServiceName&gt;.events</c>. Required. Letters A to Z, digits and
    /// <c>-_.:</c> only. A model's <see cref="ModelOptions.ServiceName"/> takes its place for that model.
    /// </summary>
    public string ServiceName { get; set; } = "";

    /// <summary>The listed models. Models that are not listed are never looked at.</summary>
    public IList<ModelOptions> Models { get; } = [];

    /// <summary>
    /// Whether <see cref="Models"/> may be empty, as in a program that only dispatches, or only triggers events of its own.
    /// Otherwise an empty list is a mistake. Default: <see langword="false"/>.
    /// </summary>
    public bool AllowEmpty { get; set; }

    /// <summary>The broker, for publishers that make their own connection.</summary>
    public BrokerOptions Broker { get; } = new();

    /// <summary>
    /// How events travel from the commit to the publisher. Default: <see cref="DeliveryMode.Outbox"/>.
    /// </summary>
    public DeliveryMode Delivery { get; set; } = DeliveryMode.Outbox;

    /// <summary>
    /// Where changes are seen; a model's own <see cref="ModelOptions.Capture"/> wins. Default:
    /// <see cref="CaptureSource.Tracker"/>.
    /// </summary>
    public CaptureSource Capture { get; set; } = CaptureSource.Tracker;

    /// <summary>
    /// How events are named, and what their body is where there is no serializer. Default:
    /// <see cref="ModelEvents.NameStyle.Dunder"/>.
    /// </summary>
    public NameStyle NameStyle { get; set; } = NameStyle.Dunder;

    /// <summary>
    /// When a model with a status field publishes its status events; a model's own
    /// <see cref="ModelOptions.StatusEvents"/> wins. Default: <see cref="ModelEvents.StatusEvents.Always"/>.
    /// </summary>
    public StatusEvents StatusEvents { get; set; } = StatusEvents.Always;

    /// <summary>How property names are written in bodies. Default: <see cref="PropertyNaming.SnakeCase"/>.</summary>
    public PropertyNaming PropertyNaming { get; set; } = PropertyNaming.SnakeCase;

    /// <summary>
    /// What to do about writes that capture cannot see (<c>ExecuteUpdate</c>, <c>ExecuteDelete</c>, raw SQL); a model's
    /// own <see cref="ModelOptions.UncapturedWrites"/> wins. Default: <see cref="ModelEvents.UncapturedWrites.Warn"/>.
    /// </summary>
    public UncapturedWrites UncapturedWrites { get; set; } = UncapturedWrites.Warn;

    /// <summary>
    /// What to do with an event that no queue receives. Default: <see cref="UnroutableEvents.Auto"/>.
    /// </summary>
    public UnroutableEvents Unroutable { get; set; } = UnroutableEvents.Auto;

    /// <summary>What surrounds the body. Default: <see cref="EventEnvelope.None"/>.</summary>
    public EventEnvelope Envelope { get; set; } = EventEnvelope.None;

    /// <summary>The outbox table.</summary>
    public OutboxTableOptions Outbox { get; } = new();

    /// <summary>Delivery from the write-ahead log.</summary>
    public WalOptions Wal { get; } = new();

    /// <summary>The memory of delivery without a table.</summary>
    public DirectOptions Direct { get; } = new();

    /// <summary>The dispatcher.</summary>
    public DispatcherOptions Dispatcher { get; } = new();

    /// <summary>The handlers.</summary>
    public HandlersOptions Handlers { get; } = new();

    /// <summary>
    /// How the results of serializers are written, in code only: converters, for example. Property names follow
    /// <see cref="PropertyNaming"/> unless a naming policy is set here. Default: enums as numbers, relaxed escaping.
    /// </summary>
    public JsonSerializerOptions Json { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is wrong with the configuration that these options were set from.</summary>
    internal ICollection<string> Mistakes { get; } = [];

    /// <summary>A section that is not read, with a name so near to the one that is that it was probably meant.</summary>
    internal string? MisnamedSection { get; set; }

    /// <summary>
    /// Lists <typeparamref name="TModel"/> in code. Merged with the configuration's entry of the same model, if any:
    /// what is set here wins, and a difference is logged. Called again for the same model, it adds to what was set
    /// before.
    /// </summary>
    public ModelEventsOptions Model<TModel>(Action<ModelOptionsBuilder<TModel>>? configure = null)
        where TModel : class
    {
        var model = Models.FirstOrDefault(entry => entry.ClrType == typeof(TModel));
        if (model is null)
            Models.Add(model = new ModelOptions { Model = TypeNames.Of(typeof(TModel)), ClrType = typeof(TModel) });

        configure?.Invoke(new ModelOptionsBuilder<TModel>(model));
        return this;
    }
}
