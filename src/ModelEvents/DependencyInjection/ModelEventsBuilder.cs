namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The steps that follow <c>AddModelEvents</c>: what to capture and how to publish.</summary>
public class ModelEventsBuilder
{
    /// <summary>Starts the steps on <paramref name="services"/>.</summary>
    public ModelEventsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that ModelEvents is added to.</summary>
    public IServiceCollection Services { get; }
}
