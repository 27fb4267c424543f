using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;
using ModelEvents.Testing;

namespace ModelEvents.Tests.Rules;

/// <summary>What rules do on every provider and with every outbox.</summary>
public abstract class RuleContract<TDesks>(TDesks desks) : IClassFixture<TDesks>
    where TDesks : DeskFixture
{
    private static readonly string[] Order = ["model", "key", "action", "fields", "was", "is_now", "before", "after"];

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected TDesks Desks => desks;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_that_meets_a_rule_is_written_down_and_published_with_its_generated_key()
    {
        var desk = await desks.CreateAsync();
        var rule = await desk.AddRuleAsync("""{ "field": "price", "op": ">", "value": 1000 }""", "big one");

        var ticket = await desk.SaveAsync(new Ticket { Title = "Zoë", Price = 1200.50m });

        var raised = Assert.Single(await desk.RaisedAsync());
        var events = await desk.TakeEventsAsync();
        Assert.Equal(["ticket__created", "trigger__big one"], events.Select(e => e.Name));
        Assert.Equal((rule.Id, "change", raised.Id), (raised.RuleId, raised.Type, events[1].Id));
        Assert.Equal(
            Told(ticket, "created", """ "fields":{"price":{"after":1200.50}} """),
            Json(raised.Description));
        var body = Desk.Body(events[1]);
        Assert.Equal($"{raised.Id}", (string)body["id"]!);
        Assert.Equal($$"""{"id":"{{rule.Id}}","name":"big one"}""", body["rule"]!.ToJsonString());
        Assert.Equal(Json(raised.Description), body["description"]!.ToJsonString());
        Assert.Equal(Desk.Body(events[0]).ToJsonString(), body["change"]!.ToJsonString());
        Assert.Equal(ticket.Id, (int)body["change"]!["id"]!);
        Assert.Equal(
            (events[0].Model, events[0].Key, "created"),
            (events[1].Model, events[1].Key, events[1].Headers[EventHeaders.Action]));
    }

    [Fact]
    public async Task A_change_that_meets_no_rule_raises_nothing()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "price", "op": ">", "value": 1000 }""");

        await desk.SaveAsync(new Ticket { Price = 1000 });

        Assert.Empty(await desk.RaisedAsync());
        Assert.Equal(["ticket__created"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task An_update_is_told_with_its_values_before_and_after()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(
            """
            { "all": [
              { "field": "price", "op": ">", "value": 1000 },
              { "field": "state", "from": "new", "to": "in_work" }
            ] }
            """);
        var ticket = await desk.SaveAsync(new Ticket { Price = 2000 });

        ticket.State = TicketState.Closed;
        await desk.Context.SaveChangesAsync(Cancellation);
        ticket.State = TicketState.New;
        await desk.Context.SaveChangesAsync(Cancellation);
        ticket.State = TicketState.InWork;
        ticket.Price++;
        await desk.Context.SaveChangesAsync(Cancellation);

        var raised = Assert.Single(await desk.RaisedAsync());
        Assert.Equal(
            """{"price":{"before":2000,"after":2001},"state":{"before":"New","after":"InWork"}}""",
            Json(raised.Description, "fields"));
    }

    [Fact]
    public async Task A_deleted_instance_is_told_with_its_last_values()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "title", "op": "starts with", "value": "a" }""", actions: """[ "deleted" ]""");
        var ticket = await desk.SaveAsync(new Ticket { Title = "a1" });

        desk.Context.Remove(ticket);
        await desk.Context.SaveChangesAsync(Cancellation);

        var raised = Assert.Single(await desk.RaisedAsync());
        Assert.Equal("""{"title":{"before":"a1"}}""", Json(raised.Description, "fields"));
        Assert.Equal(["ticket__created", "ticket__deleted", "trigger__rule"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task A_synchronous_save_raises_too()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "priority", "op": "in", "value": [ 1, 2 ] }""");

        desk.Context.AddRange(new Ticket { Priority = 1 }, new Ticket { Priority = 3 }, new Ticket { Priority = 2 });
        desk.Context.SaveChanges();

        Assert.Equal(2, (await desk.RaisedAsync()).Count);
        Assert.Equal(2, (await desk.TakeNamesAsync()).Count(name => name == "trigger__rule"));
    }

    [Fact]
    public async Task A_condition_may_look_at_what_the_database_generates()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "id", "op": ">", "value": 0 }""", "positive");
        await desk.AddRuleAsync("""{ "field": "id", "op": "<", "value": 1 }""", "negative");

        var ticket = await desk.SaveAsync(new Ticket());

        var raised = Assert.Single(await desk.RaisedAsync());
        Assert.Equal($"{{\"id\":{{\"after\":{ticket.Id}}}}}", Json(raised.Description, "fields"));
        Assert.Equal(["ticket__created", "trigger__positive"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task A_save_that_fails_raises_nothing()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "priority", "op": "=", "value": 1 }""");
        var ticket = await desk.SaveAsync(new Ticket());
        desk.Context.ChangeTracker.Clear();

        desk.Context.AddRange(new Ticket { Id = ticket.Id, Priority = 1 });
        await Assert.ThrowsAnyAsync<Exception>(() => desk.Context.SaveChangesAsync(Cancellation));

        Assert.Empty(await desk.RaisedAsync());
        Assert.Equal(["ticket__created"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task Rules_are_in_force_while_they_are_active_and_not_archived()
    {
        var desk = await desks.CreateAsync();
        var rule = await desk.AddRuleAsync("""{ "field": "priority", "op": "=", "value": 1 }""");

        await desk.SaveAsync(new Ticket { Priority = 1 });
        rule = await desk.Rules.EditAsync(rule.Id, rule.Version, new() { IsActive = false }, Cancellation);
        await desk.SaveAsync(new Ticket { Priority = 1 });
        rule = await desk.Rules.EditAsync(
            rule.Id,
            rule.Version,
            new()
            {
                IsActive = true,
                Configuration = """{ "model": "Ticket", "condition": { "field": "priority", "op": "=", "value": 2 } }""",
            },
            Cancellation);
        await desk.SaveAsync(new Ticket { Priority = 1 });
        var two = await desk.SaveAsync(new Ticket { Priority = 2 });
        await desk.Rules.ArchiveAsync(rule.Id, cancellationToken: Cancellation);
        await desk.SaveAsync(new Ticket { Priority = 2 });

        var raised = await desk.RaisedAsync();
        Assert.Equal(2, raised.Count);
        Assert.Contains($"\"{two.Id}\"", raised[1].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_of_the_users_decides_and_describes()
    {
        var desk = await desks.CreateAsync(register: services => services.AddTriggerRuleHandler<RoundNumbers>());
        await desk.Rules.CreateAsync("round", "round", new Dictionary<string, object?> { ["digits"] = 2 }, cancellationToken: Cancellation);

        var ticket = await desk.SaveAsync(new Ticket { Price = 300 });
        ticket.Price = 301;
        await desk.Context.SaveChangesAsync(Cancellation);
        ticket.Price = 400;
        await desk.Context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            [
                Told(ticket, "created", """ "was":null,"is_now":300 """),
                Told(ticket, "updated", """ "was":301,"is_now":400 """),
            ],
            (await desk.RaisedAsync()).Select(raised => Json(raised.Description)));
    }

    [Fact]
    public async Task A_handler_that_fails_counts_as_not_met_and_is_told_once()
    {
        var desk = await desks.CreateAsync(register: services => services.AddTriggerRuleHandler<RoundNumbers>());
        var rule = await desk.Rules.CreateAsync("round", "none", """{ "digits": -1 }""", cancellationToken: Cancellation);
        await desk.AddRuleAsync("""{ "field": "priority", "op": "=", "value": 0 }""", "zero");

        await desk.SaveAsync(new Ticket { Price = 300 });
        await desk.SaveAsync(new Ticket { Price = 300 });

        Assert.Equal(2, (await desk.TakeNamesAsync()).Count(name => name == "trigger__zero"));
        Assert.Single(desks.Log.Lines(2041), line => line.StartsWith(
            $"The rule 'none' ({rule.Id}, version 1) failed on a change of '{typeof(Ticket).FullName}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_manual_rule_is_fired_by_code_alone()
    {
        var desk = await desks.CreateAsync();
        var rule = await desk.Rules.CreateAsync(TriggerRuleTypes.Manual, "stocktake", "{}", cancellationToken: Cancellation);
        await desk.SaveAsync(new Ticket());

        var fired = await desk.Rules.FireAsync("stocktake", new { ShelfNumber = 7 }, Cancellation);
        await desk.Rules.EditAsync(rule.Id, rule.Version, new() { IsActive = false }, Cancellation);
        var silent = await desk.Rules.FireAsync("stocktake", cancellationToken: Cancellation);

        Assert.Null(silent);
        var raised = Assert.Single(await desk.RaisedAsync());
        Assert.Equal((fired!.Id, "manual", "stocktake"), (raised.Id, raised.Type, raised.Rule!.Name));
        Assert.Equal("""{"shelf_number":7}""", Json(raised.Description));
        var published = Assert.Single(await desk.TakeEventsAsync(), e => e.Name == "trigger__stocktake");
        Assert.Equal((raised.Id, "", $"{rule.Id}"), (published.Id, published.Model, published.Key));
        Assert.Equal(
            ["id", "type", "rule", "occurred", "description"], Desk.Body(published).AsObject().Select(its => its.Key));
    }

    [Fact]
    public async Task A_test_that_disables_the_dispatcher_raises_nothing()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "priority", "op": "=", "value": 0 }""");

        using (Dispatcher.Disable<Ticket>())
            await desk.SaveAsync(new Ticket());

        Assert.Empty(await desk.RaisedAsync());
        Assert.Empty(await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task A_detached_instance_that_is_updated_has_no_values_before()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "priority", "changed": true }""", "changed");
        await desk.AddRuleAsync("""{ "field": "priority", "op": "=", "value": 5, "of": "before" }""", "before");
        await desk.AddRuleAsync("""{ "field": "priority", "op": "=", "value": 5 }""", "after");
        var ticket = await desk.SaveAsync(new Ticket());
        desk.Context.ChangeTracker.Clear();

        desk.Context.Update(new Ticket { Id = ticket.Id, Priority = 5 });
        await desk.Context.SaveChangesAsync(Cancellation);

        Assert.Equal(["ticket__created", "ticket__updated", "trigger__after"], await desk.TakeNamesAsync());
        Assert.Equal("""{"priority":{"after":5}}""", Json(Assert.Single(await desk.RaisedAsync()).Description, "fields"));
    }

    [Fact]
    public async Task An_instance_that_takes_the_key_of_another_has_its_values_before()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync("""{ "field": "priority", "from": 0, "to": 5 }""", "raised");
        var ticket = await desk.SaveAsync(new Ticket());

        desk.Context.Remove(ticket);
        desk.Context.Add(new Ticket { Id = ticket.Id, Priority = 5 });
        await desk.Context.SaveChangesAsync(Cancellation);

        Assert.Equal(["ticket__created", "ticket__updated", "trigger__raised"], await desk.TakeNamesAsync());
    }

    /// <summary>A description in one form: PostgreSQL has its own order of properties and its own spaces.</summary>
    private protected static string Json(string json, string? property = null)
    {
        var node = JsonNode.Parse(json)!;
        return Ordered(property is null ? node : node[property]!).ToJsonString(Relaxed);
    }

    private static string Told(Ticket ticket, string action, string more) =>
        $$"""{"model":"{{typeof(Ticket).FullName}}","key":"{{ticket.Id}}","action":"{{action}}",{{more.Trim()}}}""";

    private static JsonNode Ordered(JsonNode node) => node is JsonObject json
        ? new JsonObject(json
            .OrderBy(its => Array.IndexOf(Order, its.Key)).ThenBy(its => its.Key, StringComparer.Ordinal)
            .Select(its => KeyValuePair.Create(its.Key, its.Value is null ? null : (JsonNode?)Ordered(its.Value))))
        : node.DeepClone();
}
