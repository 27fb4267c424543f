using ModelEvents.Rules;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Rules;

/// <summary>Creating, editing and finding rules and trigger events, on every provider.</summary>
public abstract partial class RuleServiceContract<TDesks>(TDesks desks) : IClassFixture<TDesks>
    where TDesks : DeskFixture
{
    private const string AnyTicket = """{ "model": "Ticket" }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_is_created_with_all_that_belongs_to_it()
    {
        var desk = await desks.CreateAsync();
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);

        var made = await desk.Rules.CreateAsync(
            TriggerRuleTypes.Change,
            "expensive",
            new Dictionary<string, object?>
            {
                ["model"] = "Ticket",
                ["actions"] = new List<string> { "created" },
                ["condition"] = new Dictionary<string, object?> { ["field"] = "price", ["op"] = ">=", ["value"] = 9.5m },
            },
            isActive: false,
            Cancellation);

        var found = await desk.Rules.FindAsync(made.Id, Cancellation);
        Assert.Equal(("change", "expensive", false, 1L), (found!.Type, found.Name, found.IsActive, found.Version));
        Assert.Equal(7, made.Id.Version);
        Assert.InRange(found.Created, before, TimeProvider.System.GetUtcNow().AddSeconds(1));
        Assert.Equal(found.Created, found.LastModified);
        Assert.Null(found.Archived);
        Assert.Contains("9.5", found.Configuration, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_rules_with_one_name_the_last_that_is_not_archived_is_taken()
    {
        var desk = await desks.CreateAsync();
        Assert.Null(await desk.Rules.GetByNameAsync("same", Cancellation));
        var first = await CreateAsync(desk, "same");
        var second = await CreateAsync(desk, "same");
        var third = await CreateAsync(desk, "same");
        await CreateAsync(desk, "another");

        await desk.Rules.ArchiveAsync(third.Id, cancellationToken: Cancellation);
        var found = await desk.Rules.GetByNameAsync("same", Cancellation);
        await desk.Rules.ArchiveAsync(first.Id, cancellationToken: Cancellation);
        await desk.Rules.ArchiveAsync(second.Id, second.Version, Cancellation);
        var archived = await desk.Rules.GetByNameAsync("same", Cancellation);

        Assert.Equal(second.Id, found!.Id);
        Assert.Equal((third.Id, false), (archived!.Id, archived.IsActive));
    }

    [Fact]
    public async Task Rules_are_listed_by_page_and_filter()
    {
        var desk = await desks.CreateAsync();
        for (var number = 0; number < 5; number++)
            await CreateAsync(desk, $"rule {number}", isActive: number != 1);
        var gone = await desk.Rules.GetByNameAsync("rule 3", Cancellation);
        await desk.Rules.ArchiveAsync(gone!.Id, cancellationToken: Cancellation);

        async Task<string> List(TriggerRuleFilter filter)
        {
            var page = await desk.Rules.ListAsync(filter, Cancellation);
            return $"{string.Join(',', page.Items.Select(rule => rule.Name[^1]))} of {page.Total}";
        }

        Assert.Equal("4,3,2,1,0 of 5", await List(new()));
        Assert.Equal("2,1 of 5", await List(new() { Page = 2, PageSize = 2 }));
        Assert.Equal(" of 5", await List(new() { Page = 4, PageSize = 2 }));
        Assert.Equal("4,2,0 of 3", await List(new() { IsActive = true }));
        Assert.Equal("3 of 1", await List(new() { IsArchived = true }));
        Assert.Equal("0 of 1", await List(new() { Name = "rule 0", Type = "change" }));
        Assert.Equal(" of 0", await List(new() { Type = "manual" }));
        Assert.Equal(" of 0", await List(new() { Name = "\0" }));
        Assert.Equal(" of 0", await List(new() { Type = "a\0" }));
        Assert.Equal(" of 0", await List(new() { Name = "half \ud800" }));
        Assert.Null(await desk.Rules.GetByNameAsync("rule\0", Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => List(new() { PageSize = 1001 }));
    }

    [Fact]
    public async Task Of_two_processes_that_edit_one_version_the_second_is_refused()
    {
        var here = await desks.CreateAsync();
        var rule = await CreateAsync(here, "contested");
        var there = Other(here);

        var edited = await here.Rules.EditAsync(rule.Id, rule.Version, new() { Name = "here" }, Cancellation);
        var conflict = await Assert.ThrowsAsync<TriggerRuleConflictException>(
            () => there.Rules.EditAsync(rule.Id, rule.Version, new() { Name = "there" }, Cancellation));
        var archived = await Assert.ThrowsAsync<TriggerRuleConflictException>(
            () => there.Rules.ArchiveAsync(rule.Id, rule.Version, Cancellation));

        Assert.Equal((rule.Id, 1L, 2L), (conflict.RuleId, conflict.ExpectedVersion, conflict.CurrentVersion));
        Assert.Equal(
            $"The rule '{rule.Id}' was read as version 1, but is version 2 by now. Read it again, and repeat the edit.",
            conflict.Message);
        Assert.Equal(conflict.Message, archived.Message);
        Assert.Equal(("here", 2L), (edited.Name, edited.Version));
        Assert.True(edited.LastModified > rule.LastModified);
        Assert.Equal("here", (await there.Rules.FindAsync(rule.Id, Cancellation))!.Name);
    }

    [Fact]
    public async Task An_edit_that_is_wrong_changes_nothing()
    {
        var desk = await desks.CreateAsync();
        var rule = await CreateAsync(desk, "right");

        await Assert.ThrowsAsync<InvalidTriggerRuleException>(
            () => desk.Rules.EditAsync(rule.Id, rule.Version, new() { Configuration = "{}" }, Cancellation));
        await desk.Rules.ArchiveAsync(rule.Id, cancellationToken: Cancellation);
        var again = await desk.Rules.ArchiveAsync(rule.Id, cancellationToken: Cancellation);
        var refused = await Assert.ThrowsAsync<InvalidTriggerRuleException>(
            () => desk.Rules.EditAsync(rule.Id, again.Version, new() { IsActive = true }, Cancellation));
        var gone = await Assert.ThrowsAsync<TriggerRuleConflictException>(
            () => desk.Rules.EditAsync(Guid.CreateVersion7(), 1, new(), Cancellation));

        Assert.Equal(["The rule 'right' is archived. Create another one."], refused.Reasons);
        Assert.Null(gone.CurrentVersion);
        var found = await desk.Rules.FindAsync(rule.Id, Cancellation);
        Assert.Equal((2L, AnyTicket.Length > 0, false), (found!.Version, found.Archived is not null, found.IsActive));
    }

    [Fact]
    public async Task Another_process_asks_a_changed_rule_within_moments()
    {
        var here = await desks.CreateAsync();
        var there = Other(here);
        await there.SaveAsync(new Ticket());
        var rule = await CreateAsync(here, "elsewhere");

        await Eventually.TrueAsync(() => IsRaisedAsync(there), () => "the new rule is not asked");
        await here.Rules.EditAsync(rule.Id, rule.Version, new() { IsActive = false }, Cancellation);
        await Eventually.TrueAsync(async () => !await IsRaisedAsync(there), () => "the inactive rule is still asked");
    }

    [Fact]
    public async Task Trigger_events_are_created_listed_and_acknowledged()
    {
        var desk = await desks.CreateAsync();
        var rule = await CreateAsync(desk, "of events");
        var noon = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.FromHours(2));
        var alone = await desk.Events.CreateAsync("parse", null, new { Id = 1 }, noon, Cancellation);
        var ofRule = await desk.Events.CreateAsync("parse", rule, occurred: noon.AddHours(1), cancellationToken: Cancellation);

        var acknowledged = await desk.Events.AcknowledgeAsync(alone.Id, Cancellation);
        var twice = await desk.Events.AcknowledgeAsync(alone.Id, Cancellation);
        var nothing = await desk.Events.AcknowledgeAsync(Guid.CreateVersion7(), Cancellation);

        Assert.Equal((true, false, false), (acknowledged, twice, nothing));
        var found = await desk.Events.FindAsync(alone.Id, Cancellation);
        Assert.Equal(("parse", noon, TimeSpan.Zero), (found!.Type, found.Occurred, found.Occurred.Offset));
        Assert.NotNull(found.Acknowledged);
        Assert.Null(found.Rule);
        Assert.Equal(["trigger__of events"], await desk.TakeNamesAsync());

        async Task<IEnumerable<Guid>> List(TriggerEventFilter filter) =>
            (await desk.Events.ListAsync(filter, Cancellation)).Items.Select(one => one.Id);

        Assert.Equal([ofRule.Id, alone.Id], await List(new()));
        Assert.Equal([ofRule.Id], await List(new() { RuleId = rule.Id }));
        Assert.Equal([ofRule.Id], await List(new() { IsAcknowledged = false }));
        Assert.Equal([alone.Id], await List(new() { Until = noon.AddHours(1), Type = "parse" }));
        Assert.Equal([ofRule.Id], await List(new() { Since = noon.AddHours(1) }));
        Assert.Empty(await List(new() { Type = "other" }));
        Assert.Empty(await List(new() { Type = "\0" }));
    }

    [Fact]
    public async Task Rules_do_not_save_what_else_the_context_tracks()
    {
        var desk = await desks.CreateAsync();
        desk.Context.Add(new Ticket { Title = "not yet" });

        var rule = await CreateAsync(desk, "alone");
        await desk.Rules.EditAsync(rule.Id, rule.Version, new() { Name = "still alone" }, Cancellation);
        await desk.Events.CreateAsync("parse", rule, cancellationToken: Cancellation);

        Assert.Single(desk.Context.ChangeTracker.Entries());
        Assert.Equal(["trigger__alone"], await desk.TakeNamesAsync());
    }

    /// <summary>Another process; on a database in memory, which no other can have, another scope.</summary>
    private protected virtual Desk Other(Desk here) => desks.NewProcess();

    private static Task<TriggerRule> CreateAsync(Desk desk, string name, bool isActive = true) =>
        desk.Rules.CreateAsync(TriggerRuleTypes.Change, name, AnyTicket, isActive, Cancellation);

    private static async Task<bool> IsRaisedAsync(Desk desk)
    {
        await desk.SaveAsync(new Ticket());
        return (await desk.TakeNamesAsync()).Contains("trigger__elsewhere");
    }
}
