using Microsoft.EntityFrameworkCore;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Rules;

/// <summary>Rules that look at what belongs to an instance: what it owns, and the row that it points to.</summary>
public abstract class RulePartContract<TDesks>(TDesks desks) : IClassFixture<TDesks>
    where TDesks : DeskFixture
{
    private const string ToBea = """{ "field": "visitor.name", "from": "Ann", "to": "Bea" }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_owned_instance_is_looked_into_as_it_was_and_as_it_is(bool inTransaction)
    {
        var desk = await desks.CreateAsync();
        await AddRuleAsync(desk, ToBea, "edited");
        await AddRuleAsync(desk, """{ "field": "car.seats", "from": null, "to": 4 }""", "arrives by car");
        await AddRuleAsync(desk, """{ "field": "car.seats", "op": "<", "value": 5, "of": "before" }""", "came by car");
        var visit = await AddVisitAsync(desk);

        visit.Visitor.Name = "Bea";
        Assert.Equal(["edited"], await SaveAsync(desk, inTransaction));
        visit.Visitor.Car = new Car { Seats = 4 };
        Assert.Equal(["arrives by car"], await SaveAsync(desk, inTransaction));
        visit.Reason = "talk";
        Assert.Equal(["came by car"], await SaveAsync(desk, inTransaction));
        visit.Visitor.Car = null;
        Assert.Equal(["came by car"], await SaveAsync(desk, inTransaction));
        visit.Reason = "walk";
        Assert.Empty(await SaveAsync(desk, inTransaction));
    }

    [Fact]
    public async Task A_change_of_what_is_owned_is_an_update()
    {
        var desk = await desks.CreateAsync();
        await desk.Rules.CreateAsync(
            TriggerRuleTypes.Change, "any", """{ "model": "Visit", "actions": [ "updated" ] }""", cancellationToken: Cancellation);
        var visit = await AddVisitAsync(desk);

        visit.Visitor.Name = "Bea";

        Assert.Equal(["any"], await SaveAsync(desk, inTransaction: false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_owned_instance_may_take_the_place_of_another_one(bool inTransaction)
    {
        var desk = await desks.CreateAsync();
        await AddRuleAsync(desk, ToBea, "replaced");
        await AddRuleAsync(desk, """{ "field": "name", "changed": true }""", "changed");
        await AddRuleAsync(desk, """{ "field": "car.seats", "changed": true }""", "another car");
        var visit = await AddVisitAsync(desk, new Car { Seats = 2 });

        visit.Visitor = new Visitor { Name = "Bea", Car = new Car { Seats = 2 } };
        Assert.Equal(["changed", "replaced"], await SaveAsync(desk, inTransaction));
        visit.Visitor = new Visitor { Name = "Bea", Car = new Car { Seats = 3 } };
        Assert.Equal(["another car"], await SaveAsync(desk, inTransaction));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_owned_by_a_deleted_instance_is_known(bool inTransaction)
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(
            """{ "all": [ { "field": "visitor.name", "op": "=", "value": "Ann" }, { "field": "seats", "op": "=", "value": 2 } ] }""",
            "deleted",
            """[ "deleted" ]""",
            "Visit");
        desk.Context.Remove(await AddVisitAsync(desk, new Car { Seats = 2 }));

        Assert.Equal(["deleted"], await SaveAsync(desk, inTransaction));
        Assert.Contains("Ann", Assert.Single(await desk.RaisedAsync()).Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_key_of_a_row_that_is_inserted_in_the_same_save_is_known(bool inTransaction)
    {
        var desk = await desks.CreateAsync();
        var last = await desk.SaveAsync(new Ticket());
        await desk.TakeEventsAsync();
        await AddRuleAsync(desk, $$"""{ "field": "ticket_id", "op": "=", "value": {{last.Id + 1}} }""", "next");
        await AddRuleAsync(desk, $$"""{ "field": "ticket_id", "op": ">", "value": {{last.Id}} }""", "later");
        await AddRuleAsync(desk, """{ "field": "ticket_id", "op": "<", "value": 1 }""", "none");

        desk.Context.Add(new Visit { Ticket = new Ticket() });

        Assert.Equal(["later", "next"], await SaveAsync(desk, inTransaction));
    }

    private static Task<TriggerRule> AddRuleAsync(Desk desk, string condition, string name) =>
        desk.AddRuleAsync(condition, name, model: "Visit");

    private static async Task<Visit> AddVisitAsync(Desk desk, Car? car = null)
    {
        var visit = new Visit { Visitor = new Visitor { Name = "Ann", Car = car } };
        desk.Context.Add(visit);
        await desk.Context.SaveChangesAsync(Cancellation);
        await desk.TakeEventsAsync();
        return visit;
    }

    /// <summary>Saves, and returns the names of the rules that were met.</summary>
    private static async Task<IReadOnlyList<string>> SaveAsync(Desk desk, bool inTransaction)
    {
        const string prefix = "trigger__";
        var database = desk.Context.Database;
        await using (var transaction = inTransaction && database.IsRelational() ? await database.BeginTransactionAsync(Cancellation) : null)
        {
            await desk.Context.SaveChangesAsync(Cancellation);
            if (transaction is not null)
                await transaction.CommitAsync(Cancellation);
        }

        var names = await desk.TakeNamesAsync();
        return [.. names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]).Order()];
    }
}
