using ModelEvents.Rules;

namespace ModelEvents.Tests.Rules;

public abstract partial class RuleServiceContract<TDesks>
{
    private const string UnfitText =
        "The configuration has a text that a database cannot hold: with the character U+0000, or half of one such as '\\ud800'. "
        + "Write it without.";

    [Fact]
    public async Task Everything_that_is_wrong_with_a_rule_is_told_at_once()
    {
        var desk = await desks.CreateAsync();

        var refused = await Assert.ThrowsAsync<InvalidTriggerRuleException>(() => desk.Rules.CreateAsync(
            TriggerRuleTypes.Change,
            "",
            """
            {
              "model": "Ticket", "when": 1, "actions": [ "creatd" ],
              "condition": { "all": [
                { "field": "prize", "op": ">", "value": 1 },
                { "field": "price", "op": "~", "value": 1 },
                { "field": "price", "op": ">", "value": "much" },
                { "field": "title", "op": ">", "value": "a" },
                { "field": "price", "op": "contains", "value": "a" },
                { "field": "marks", "op": "=", "value": [ "x" ] },
                { "field": "marks", "from": "x" },
                { "field": "state", "to": "open" },
                { "field": "state", "op": "=", "value": "new", "of": "yesterday" },
                { "field": "state" },
                { "field": "state", "to": "closed", "value": "closed" },
                { "field": "state", "changed": true, "of": "before" },
                { "field": "state", "value": "closed" },
                { "field": "state", "to": [] },
                { "any": [] },
                { "nor": [] }
              ] }
            }
            """,
            cancellationToken: Cancellation));

        Assert.Equal(
            [
                "The name is empty. Give the rule one: it names its events.",
                "'when' is not known. There are 'actions', 'condition' and 'model'.",
                "'actions' has 'creatd', which is none. Did you mean 'created'?",
                $"'condition.all[0].field' is 'prize', which is no field of '{typeof(Ticket).FullName}'. Did you mean 'Price'?",
                "'condition.all[1].op' is '~', which is not known. There are '=', '!=', '>', '>=', '<', '<=', 'in', 'not in', "
                    + "'contains', 'starts with' and 'ends with'.",
                "'condition.all[2].value' is '\"much\"', but 'Price' is a number. Write such a value.",
                "'condition.all[3].op' is '>', but 'Title' is neither a number nor a time. Use '=' or 'in'.",
                "'condition.all[4].op' is 'contains', but 'Price' is no text. Use '=' or 'in'.",
                "'condition.all[5].value' is a list. Use 'in' for one.",
                "'condition.all[6].from' has a value, but 'Marks' holds none that could be compared. Use 'changed'.",
                "'condition.all[7].to' is '\"open\"', but 'State' is one of 'new', 'in_work', 'closed'. Write such a value.",
                "'condition.all[8].of' is neither 'before' nor 'after'. Write one of them, or leave it out for 'after'.",
                "'condition.all[9]' has not exactly one of 'op', 'from' or 'to', and 'changed'. Say what to ask of 'State'.",
                "'condition.all[10]' has not exactly one of 'op', 'from' or 'to', and 'changed'. Say what to ask of 'State'.",
                "'condition.all[11]' has not exactly one of 'op', 'from' or 'to', and 'changed'. Say what to ask of 'State'.",
                "'condition.all[12].op' is '', which is not known. There are '=', '!=', '>', '>=', '<', '<=', 'in', 'not in', "
                    + "'contains', 'starts with' and 'ends with'.",
                "'condition.all[13].to' is an empty list. Put at least one value in it.",
                "'condition.all[14].any' is no list of conditions. Put at least one in square brackets.",
                "'condition.all[15].nor' is not known. Did you mean 'not'?",
            ],
            refused.Reasons);
        Assert.Empty((await desk.Rules.ListAsync(cancellationToken: Cancellation)).Items);
    }

    [Theory]
    [InlineData("[]", "The configuration is no JSON object. Put it in braces.")]
    [InlineData("{}", "'model' is missing. Name the listed model whose changes count.")]
    [InlineData("{ \"model\": \"\\u0000\" }", UnfitText)]
    [InlineData("{ \"model\": \"Ticket\", \"condition\": { \"field\": \"title\", \"to\": [ \"a\\ud800\" ] } }", UnfitText)]
    [InlineData("{ \"\\udc00\": \"Ticket\" }", UnfitText)]
    [InlineData("""{ "model": "Draft" }""", "The model 'Draft' is not listed. Listed models are 'ModelEvents.Tests.Rules.Ticket' "
        + "and 'ModelEvents.Tests.Rules.Visit'.")]
    [InlineData("""{ "model": "Ticket", "actions": [] }""",
        "'actions' is no list of actions. Put some of 'created', 'updated' and 'deleted' in square brackets.")]
    [InlineData("""{ "model": "Ticket", "condition": 1 }""",
        "'condition' is no JSON object. Write it like '{ \"all\": [ ... ] }' or as a test of a field.")]
    public async Task A_configuration_that_cannot_be_one_is_refused(string configuration, string reason)
    {
        var desk = await desks.CreateAsync();

        var refused = await Assert.ThrowsAsync<InvalidTriggerRuleException>(
            () => desk.Rules.CreateAsync(TriggerRuleTypes.Change, "x", configuration, cancellationToken: Cancellation));

        Assert.Equal([reason], refused.Reasons);
    }

    [Fact]
    public async Task A_dictionary_that_has_no_JSON_form_is_refused()
    {
        var desk = await desks.CreateAsync();

        var refused = await Assert.ThrowsAsync<InvalidTriggerRuleException>(() => desk.Rules.CreateAsync(
            TriggerRuleTypes.Manual,
            "x",
            new Dictionary<string, object?> { ["limit"] = double.NaN },
            cancellationToken: Cancellation));

        Assert.StartsWith(
            "The configuration cannot be written as JSON: ", Assert.Single(refused.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_without_a_handler_is_refused()
    {
        var desk = await desks.CreateAsync();

        var refused = await Assert.ThrowsAsync<InvalidTriggerTypeException>(
            () => desk.Rules.CreateAsync("chagne", "x", "{}", cancellationToken: Cancellation));

        Assert.Equal("chagne", refused.Type);
        Assert.Equal(
            "The type 'chagne' of the rule 'x' has no handler. Did you mean 'change'? Handlers of yours are added with "
                + "'AddTriggerRuleHandler'.",
            refused.Message);
    }

    [Fact]
    public async Task What_does_not_describe_an_event_is_refused()
    {
        var desk = await desks.CreateAsync();

        var mistake = await Assert.ThrowsAsync<ArgumentException>(
            () => desk.Events.CreateAsync("parse", description: 7, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => desk.Events.CreateAsync(" ", cancellationToken: Cancellation));
        var unknown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => desk.Rules.FireAsync("nobody", cancellationToken: Cancellation));

        Assert.StartsWith("The description is '7', which is no JSON object.", mistake.Message, StringComparison.Ordinal);
        Assert.Equal(
            "There is no rule 'nobody' to fire. Create one of the type 'manual', or correct the name.", unknown.Message);
    }
}
