using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents;
using ModelEvents.Capture;
using ModelEvents.Inbox;
using ModelEvents.Outbox;
using ModelEvents.Tables;

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

    /// <summary>
    /// Adds the tables of the outbox for any relational provider to the context's model, and captures nothing. For a context
    /// that the tools make apart from the service, by an <c>IDesignTimeDbContextFactory</c>: its migrations would drop them.
    /// </summary>
    /// <param name="options">The options of the context.</param>
    /// <param name="table">The table of events, as in <see cref="OutboxTableOptions.Table"/>.</param>
    /// <param name="schema">The schema. Default: the model's.</param>
    public static TBuilder UseModelEventsOutbox<TBuilder>(
        this TBuilder options, string table = OutboxTables.DefaultTable, string? schema = null)
        where TBuilder : DbContextOptionsBuilder =>
        Use(options, new OutboxTables(table) { Schema = schema });

    /// <summary>Adds the tables of the inbox, as <see cref="UseModelEventsOutbox"/> does those of the outbox.</summary>
    /// <param name="options">The options of the context.</param>
    /// <param name="table">The table of handled events, as in <see cref="InboxOptions.Table"/>.</param>
    /// <param name="schema">The schema. Default: the model's.</param>
    public static TBuilder UseModelEventsInbox<TBuilder>(
        this TBuilder options, string table = InboxTables.DefaultTable, string? schema = null)
        where TBuilder : DbContextOptionsBuilder =>
        Use(options, new InboxTables(table) { Schema = schema });

    internal static TBuilder Use<TBuilder, TTables>(TBuilder options, TTables tables)
        where TBuilder : DbContextOptionsBuilder
        where TTables : AddedTables
    {
        ArgumentNullException.ThrowIfNull(options);
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(tables);
        return options;
    }
}
