using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Rules;

/// <summary>Rules together with what else a program may use.</summary>
public abstract class RuleUseContract<TDesks>(TDesks desks) : IClassFixture<TDesks>
    where TDesks : DeskFixture
{
    private const string First = """{ "field": "priority", "op": "=", "value": 1 }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QueryTrackingBehavior.NoTracking)]
    [InlineData(QueryTrackingBehavior.NoTrackingWithIdentityResolution)]
    [InlineData(QueryTrackingBehavior.TrackAll)]
    public async Task Rules_are_kept_whatever_the_contexts_options_say(QueryTrackingBehavior tracking)
    {
        var desk = await desks.CreateAsync(register: services => services.ConfigureDbContext<DeskContext>(options => options
            .UseQueryTrackingBehavior(tracking)
            .ConfigureWarnings(warnings => warnings
                .Default(WarningBehavior.Throw)
                .Ignore(InMemoryEventId.TransactionIgnoredWarning, CoreEventId.ManyServiceProvidersCreatedWarning))));
        var rule = await desk.AddRuleAsync(First);

        rule = await desk.Rules.EditAsync(rule.Id, rule.Version, new() { Name = "edited" }, Cancellation);
        await desk.SaveAsync(new Ticket { Priority = 1 });
        var raised = Assert.Single(await desk.RaisedAsync());
        var acknowledged = await desk.Events.AcknowledgeAsync(raised.Id, Cancellation);
        await desk.Rules.ArchiveAsync(rule.Id, rule.Version, Cancellation);

        var found = await desk.Rules.GetByNameAsync("edited", Cancellation);
        Assert.Equal((3L, true), (found!.Version, found.Archived is not null));
        Assert.True(acknowledged);
        Assert.NotNull((await desk.Events.FindAsync(raised.Id, Cancellation))!.Acknowledged);
        Assert.Equal(["ticket__created", "trigger__edited"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task A_receiver_may_let_a_change_meet_a_rule_or_not()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(First, "first");
        await desk.AddRuleAsync("""{ "field": "priority", "op": "=", "value": 2 }""", "second");
        using var receiver = desk.Services.GetRequiredService<IModelReceivers>().BeforeSave<Ticket>((ticket, _, _) =>
        {
            ticket.Priority++;
            return Task.CompletedTask;
        });

        await desk.SaveAsync(new Ticket { Priority = 1 });

        Assert.Equal(["ticket__created", "trigger__second"], await desk.TakeNamesAsync());
    }

    [Fact]
    public async Task What_a_receiver_saves_may_meet_a_rule_too()
    {
        var desk = await desks.CreateAsync();
        await desk.AddRuleAsync(First);
        using var receiver = desk.Services.GetRequiredService<IModelReceivers>().AfterSave<Ticket>(async (ticket, save, token) =>
        {
            if (ticket.Priority != 0)
                return;

            save.Using.Add(new Ticket { Priority = 1 });
            await save.Using.SaveChangesAsync(token);
        });

        await desk.SaveAsync(new Ticket());

        Assert.Single(await desk.RaisedAsync());
        Assert.Equal(
            ["ticket__created", "ticket__created", "trigger__rule"],
            (await desk.TakeNamesAsync()).Order(StringComparer.Ordinal));
    }
}
