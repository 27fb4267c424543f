using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The steps that follow <c>Capture</c>: which outbox the context's events wait in.</summary>
/// <typeparam name="TContext">The captured context.</typeparam>
public sealed class CaptureBuilder<TContext>(IServiceCollection services) : ModelEventsBuilder(services)
    where TContext : DbContext;
