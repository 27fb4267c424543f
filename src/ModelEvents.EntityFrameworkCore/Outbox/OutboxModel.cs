using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Capture;

namespace ModelEvents.Outbox;

/// <summary>Puts the outbox table into a context's model, where migrations and <c>EnsureCreated</c> find it.</summary>
internal static class OutboxModel
{
    /// <summary>What asks for the tables of a captured context, if it has any.</summary>
    public static OutboxTables? Asked(IServiceProvider provider, Type contextType)
    {
        var options = provider.GetRequiredService<IOptions<ModelEventsOptions>>().Value;
        return options.Delivery == DeliveryMode.Direct
            ? null
            : Asked(options.Outbox, provider.GetKeyedService<PackChoice>(contextType));
    }

    /// <summary>What asks for the tables. It does nothing on a provider that is not relational.</summary>
    public static OutboxTables Asked(OutboxTableOptions table, PackChoice? packs = null) =>
        new(table.Table) { Schema = table.Schema, HasPacks = packs is not null, Refine = packs?.Refine };

    /// <summary>What the options of a context ask for.</summary>
    public static OutboxTables? Asked(IDbContextOptions options) =>
        options.FindExtension<CaptureExtension>() is { } capture ? capture.Outbox : options.FindExtension<OutboxTables>();

    /// <summary>What is wrong if the model of <paramref name="context"/> lacks what it should have.</summary>
    public static string? MistakeIn(DbContext context)
    {
        if (context.Model.GetEntityTypes().FirstOrDefault(RecordsNothing) is { } type)
        {
            return $"The model of '{context.GetType().Name}' is built apart from it, and '{type.DisplayName()}' has the strategy "
                + "'ChangingAndChangedNotifications', which keeps no values from before a change. Set "
                + "'ChangingAndChangedNotificationsWithOriginalValues', or make the compiled model anew.";
        }

        if (!context.Database.IsRelational() || Asked(context.GetService<IDbContextOptions>()) is not { } asked)
            return null;

        return context.Model.FindEntityType(asked.HasPacks ? typeof(PackRow) : typeof(LaneLease)) is null
            ? Mistake(context, asked.ModelBuilderCall)
            : null;
    }

    /// <summary>The outbox table in <paramref name="context"/>'s model.</summary>
    public static IEntityType RowOf(DbContext context) => TableOf(context, typeof(OutboxRow));

    /// <summary>The table of packs in <paramref name="context"/>'s model.</summary>
    public static IEntityType PacksOf(DbContext context) => TableOf(context, typeof(PackRow));

    private static bool RecordsNothing(IEntityType type) =>
        type.GetChangeTrackingStrategy() is ChangeTrackingStrategy.ChangingAndChangedNotifications;

    private static IEntityType TableOf(DbContext context, Type row) =>
        context.Model.FindEntityType(row)
        ?? throw new InvalidOperationException(Asked(context.GetService<IDbContextOptions>()) is { } asked
            ? Mistake(context, asked.ModelBuilderCall)
            : $"The context '{context.GetType().Name}' has no outbox table. Capture it with 'Capture<TContext>()' and make "
                + "it through dependency injection.");

    private static string Mistake(DbContext context, string call) =>
        $"The model of '{context.GetType().Name}' is built apart from it and lacks the outbox tables. Call "
        + $"'modelBuilder.{call}()' where the model that 'UseModel' sets is built, or make the compiled model anew.";
}
