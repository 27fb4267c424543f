using System.Linq.Expressions;

namespace ModelEvents;

/// <summary>Describes one listed model in code.</summary>
/// <typeparam name="TModel">The model.</typeparam>
public sealed class ModelOptionsBuilder<TModel>
    where TModel : class
{
    private readonly ModelOptions _model;

    internal ModelOptionsBuilder(ModelOptions model) => _model = model;

    /// <inheritdoc cref="ModelOptions.Serializer"/>
    public ModelOptionsBuilder<TModel> SerializeWith<TSerializer>()
        where TSerializer : class, IModelSerializer<TModel> =>
        Set(model => (model.SerializerType, model.Serializer) = (typeof(TSerializer), typeof(TSerializer).FullName));

    /// <inheritdoc cref="ModelOptions.StatusField"/>
    public ModelOptionsBuilder<TModel> StatusField<TStatus>(Expression<Func<TModel, TStatus>> property) =>
        Set(model => model.StatusField = NameOf(property));

    /// <inheritdoc cref="ModelOptions.StatusField"/>
    public ModelOptionsBuilder<TModel> StatusField(string property) => Set(model => model.StatusField = property);

    /// <inheritdoc cref="ModelOptions.StatusEvents"/>
    public ModelOptionsBuilder<TModel> StatusEvents(StatusEvents when) => Set(model => model.StatusEvents = when);

    /// <inheritdoc cref="ModelOptions.EventNamePrefix"/>
    public ModelOptionsBuilder<TModel> EventNamePrefix(string prefix) => Set(model => model.EventNamePrefix = prefix);

    /// <inheritdoc cref="ModelOptions.ServiceName"/>
    public ModelOptionsBuilder<TModel> ServiceName(string service) => Set(model => model.ServiceName = service);

    /// <inheritdoc cref="ModelOptions.UncapturedWrites"/>
    public ModelOptionsBuilder<TModel> UncapturedWrites(UncapturedWrites reaction) =>
        Set(model => model.UncapturedWrites = reaction);

    /// <inheritdoc cref="ModelOptions.Capture"/>
    public ModelOptionsBuilder<TModel> Capture(CaptureSource source) => Set(model => model.Capture = source);

    /// <inheritdoc cref="ModelOptions.LoadNavigations"/>
    public ModelOptionsBuilder<TModel> LoadNavigations(params string[] paths) => Set(model =>
    {
        foreach (var path in paths)
            model.LoadNavigations.Add(path);
    });

    /// <inheritdoc cref="ModelOptions.Include"/>
    public ModelOptionsBuilder<TModel> Include(params Expression<Func<TModel, object?>>[] properties) =>
        Set(model => AddNames(model.Include, properties));

    /// <inheritdoc cref="ModelOptions.Exclude"/>
    public ModelOptionsBuilder<TModel> Exclude(params Expression<Func<TModel, object?>>[] properties) =>
        Set(model => AddNames(model.Exclude, properties));

    private ModelOptionsBuilder<TModel> Set(Action<ModelOptions> change)
    {
        change(_model);
        return this;
    }

    private static void AddNames(IList<string> names, Expression<Func<TModel, object?>>[] properties)
    {
        foreach (var property in properties)
            names.Add(NameOf(property));
    }

    private static string NameOf(LambdaExpression property)
    {
        var body = property.Body is UnaryExpression { NodeType: ExpressionType.Convert } convert
            ? convert.Operand
            : property.Body;

        return body is MemberExpression { Expression: ParameterExpression, Member.Name: var name }
            ? name
            : throw new ArgumentException(
                $"'{property}' does not name a property of '{typeof(TModel).Name}'. Write it as 'x => x.Property'.",
                nameof(property));
    }
}
