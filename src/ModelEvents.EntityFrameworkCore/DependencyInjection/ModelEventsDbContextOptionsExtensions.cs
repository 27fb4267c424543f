using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Capture;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Attaches capture to a context's options.</summary>
public static class ModelEventsDbContextOptionsExtensions
{
    /// <summary>
    /// Captures the saves of <typeparamref name="TContext"/>. <c>Capture</c> does this for contexts that come from the
    /// service provider; only a context that is made by hand needs the call. A second call does nothing.
    /// </summary>
    /// <param name="options">The options of the context.</param>
    /// <param name="provider">The services that <c>AddModelEvents().Capture&lt;TContext&gt;()</c> was called on.</param>
    /// <exception cref="InvalidOperationException"><c>Capture</c> was not called for the context.</exception>
    public static DbContextOptionsBuilder UseModelEvents<TContext>(
        this DbContextOptionsBuilder options, IServiceProvider provider)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(provider);
        var capture = provider.GetKeyedService<CaptureExtension>(typeof(TContext))
            ?? throw new InvalidOperationException(
                $"'{typeof(TContext).Name}' is not captured. Add '.Capture<{typeof(TContext).Name}>()' to 'AddModelEvents'.");

        if (options.Options.FindExtension<CaptureExtension>() is not null)
            return options;

        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(capture);
        return options.AddInterceptors(capture.Interceptors);
    }
}
