using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Rules;

public enum TicketState
{
    New,
    InWork,
    Closed,
}

public sealed class Ticket
{
    public int Id { get; set; }
    public string Title { get; set; } = "";
    public int Priority { get; set; }
    public decimal Price { get; set; }
    public TicketState State { get; set; }
    public DateOnly? Due { get; set; }
    public Place Place { get; set; } = new();
    public List<string> Marks { get; set; } = [];
}

public sealed record Place
{
    public string? City { get; set; }
    public int Floor { get; set; }
}

/// <summary>Has owned types.</summary>
public sealed class Visit
{
    public int Id { get; set; }
    public string Reason { get; set; } = "";
    public int? TicketId { get; set; }
    public Ticket? Ticket { get; set; }
    public Visitor Visitor { get; set; } = new();
}

public sealed class Visitor
{
    public string Name { get; set; } = "";
    public Car? Car { get; set; }
}

public sealed class Car
{
    public int Seats { get; set; }
}

/// <summary>Not listed.</summary>
public sealed class Draft
{
    public int Id { get; set; }
}

public sealed class DeskContext(DbContextOptions<DeskContext> options) : DbContext(options)
{
    public DbSet<Ticket> Tickets => Set<Ticket>();

    public DbSet<Draft> Drafts => Set<Draft>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddTriggerRules();
        modelBuilder.Entity<Visit>().OwnsOne(visit => visit.Visitor).OwnsOne(visitor => visitor.Car);
        modelBuilder.Entity<Ticket>().ComplexProperty(ticket => ticket.Place);
        modelBuilder.Entity<Ticket>().Property(ticket => ticket.State).HasConversion<string>();
    }
}

/// <summary>One process that works on tickets, and whose rules are asked.</summary>
internal sealed class Desk(ServiceProvider services)
{
    private readonly IServiceScope _scope = services.CreateScope();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IServiceProvider Services => _scope.ServiceProvider;

    public DeskContext Context => Services.GetRequiredService<DeskContext>();

    public ITriggerRules Rules => Services.GetRequiredService<ITriggerRules>();

    public ITriggerEvents Events => Services.GetRequiredService<ITriggerEvents>();

    public Desk AnotherScope() => new(services);

    public Task<TriggerRule> AddRuleAsync(
        string condition, string name = "rule", string? actions = null, string model = "Ticket") =>
        Rules.CreateAsync(
            TriggerRuleTypes.Change,
            name,
            $$"""{ "model": "{{model}}", {{(actions is null ? "" : $"\"actions\": {actions}, ")}}"condition": {{condition}} }""",
            cancellationToken: Cancellation);

    public async Task<Ticket> SaveAsync(Ticket ticket)
    {
        Context.Add(ticket);
        await Context.SaveChangesAsync(Cancellation);
        return ticket;
    }

    public async Task<IReadOnlyList<TriggerEvent>> RaisedAsync() =>
        [.. (await Events.ListAsync(cancellationToken: Cancellation)).Items.Reverse()];

    /// <summary>Takes every committed event out of the outbox, in order.</summary>
    public async Task<IReadOnlyList<ModelEvent>> TakeEventsAsync()
    {
        await using var session = await services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        var claimed = await session.ClaimAsync(LaneSlice.All, 10_000, Cancellation);
        ModelEvent[] events = [.. claimed.Select(entry => entry.Event)];
        await session.CompleteAsync(LaneSlice.All, events, [], Cancellation);
        return events;
    }

    public async Task<IReadOnlyList<string>> TakeNamesAsync() => [.. (await TakeEventsAsync()).Select(e => e.Name)];

    public static JsonNode Body(ModelEvent e) => JsonNode.Parse(e.Body.Span)!;
}
