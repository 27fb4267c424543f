using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Capture;
using ModelEvents.Outbox;

namespace ModelEvents.Models;

/// <summary>Checks that a captured context is registered, and has an outbox for the delivery that is asked for.</summary>
internal sealed class ContextRegistration<TContext>(
    IServiceProviderIsKeyedService services, IServiceScopeFactory scopes, IOptions<ModelEventsOptions> options)
    : IRegistrationCheck
    where TContext : DbContext
{
    public IEnumerable<string> FindMistakes()
    {
        var name = typeof(TContext).Name;
        if (!services.IsService(typeof(TContext)))
            yield return $"The context '{name}' is captured but not registered. Add 'services.AddDbContext<{name}>(...)'.";
        else if (WhyNotCaptured() is { } reason)
            yield return reason;

        if (options.Value.Delivery == DeliveryMode.Wal && !services.IsKeyedService(typeof(WalChoice), typeof(TContext)))
            yield return $"'ModelEvents:Delivery' is 'Wal', but the context '{name}' has no outbox that can do that. "
                + $"Add '.UsePostgreSqlWal()' to 'Capture<{name}>()', or set 'Delivery' to 'Outbox'.";
    }

    /// <summary>
    /// Without the extension in its options every change would be lost in silence, and without the tables no save succeeds.
    /// </summary>
    private string? WhyNotCaptured()
    {
        using var scope = scopes.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        if (context.GetService<IDbContextOptions>().FindExtension<CaptureExtension>() is not null)
            return OutboxModel.MistakeIn(context);

        var (captured, made) = (typeof(TContext).Name, context.GetType().Name);
        return context.GetType() == typeof(TContext)
            ? $"The context '{captured}' is made without the options that capture it. Register it with "
                + $"'AddDbContext<{captured}>(...)' and let its constructor hand on 'DbContextOptions<{captured}>', or call "
                + $"'UseModelEvents<{captured}>(provider)' where its options are made, such as in its 'OnConfiguring'."
            : $"The context '{captured}' is made from the options of '{made}', which capture nothing. "
                + $"Write 'Capture<{made}>()' in place of 'Capture<{captured}>()'.";
    }
}
