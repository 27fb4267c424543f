using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Tables;

namespace ModelEvents.Inbox;

/// <summary>The inbox tables of a consumer's context.</summary>
internal sealed class InboxContext(DbContextOptions options) : TablesContext(options)
{
    // Not as DbSet: EF Core would take that for a mapping of its own, beside the convention's.
    public IQueryable<InboxNote> Notes => Set<InboxNote>();

    public IQueryable<InboxSequence> Sequences => Set<InboxSequence>();

    public static InboxContext On(DbContext user)
    {
        var row = user.Model.FindEntityType(typeof(InboxNote)) ?? throw new InvalidOperationException(
            $"The model of '{user.GetType().Name}' has no inbox table. Add it with 'AddModelEventsInbox' to the services "
            + "that the context comes from, and use a relational provider; add it to a model that 'UseModel' sets with "
            + "'modelBuilder.AddModelEventsInbox()'.");
        var tables = user.GetService<IDbContextOptions>().FindExtension<InboxTables>()!;
        var context = new InboxContext(OptionsOf(user, tables with { Table = row.GetTableName()!, Schema = row.GetSchema() }));
        context.UseConnectionOf(user);
        return context;
    }
}
