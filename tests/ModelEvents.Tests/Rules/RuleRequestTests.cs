using System.Net;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Rules;

/// <summary>Requests that are wrong, and what they are answered.</summary>
public sealed class RuleRequestTests
{
    private const string Rules = "/trigger-rules";

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{ "type": "manual", "name": "a", "is_actve": false }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "type": "manual", "name": "a", "is_active": "no" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "type": "manual", "name": "a", "configuration": "{}" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "type": "manual", "name": "a", "configuration": { "\ud800": 1 } }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "type": "manual", "name": "\u0000" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "type": "manual", "name": "\ud800" }""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.UnsupportedMediaType, "text/plain")]
    [InlineData("{}", HttpStatusCode.UnsupportedMediaType, "application/json; charset=klingon")]
    public async Task A_body_that_cannot_be_a_rule_is_told_as_a_problem(
        string body, HttpStatusCode expected, string type = "application/json")
    {
        await using var server = await RuleServer.StartAsync();

        var (status, problem, answer) = await server.SendAsync(HttpMethod.Post, Rules, "editor", body, type);
        var (_, list, _) = await server.SendAsync(HttpMethod.Get, Rules);

        Assert.Equal((expected, "application/problem+json"), (status, answer.Content.Headers.ContentType?.MediaType));
        Assert.NotEmpty((string)problem!["detail"]!);
        Assert.Equal(0, (int)list!["total"]!);
    }

    [Theory]
    [InlineData("GET", "/3fa85f64-5717-4562-b3fc-2c963f66afa6", HttpStatusCode.NotFound)]
    [InlineData("GET", "/events/3fa85f64-5717-4562-b3fc-2c963f66afa6", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/3fa85f64-5717-4562-b3fc-2c963f66afa6", HttpStatusCode.NotFound)]
    [InlineData("POST", "/events/3fa85f64-5717-4562-b3fc-2c963f66afa6/acknowledgement", HttpStatusCode.NotFound)]
    [InlineData("GET", "?page_size=0", HttpStatusCode.BadRequest)]
    [InlineData("GET", "?page_size=1000000000", HttpStatusCode.BadRequest)]
    [InlineData("GET", "?page=-1", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/events?page_size=0", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_is_told_as_a_problem(string method, string path, HttpStatusCode expected)
    {
        await using var server = await RuleServer.StartAsync();

        var (status, problem, answer) = await server.SendAsync(HttpMethod.Parse(method), Rules + path, "editor");

        Assert.Equal((expected, "application/problem+json"), (status, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal((int)expected, (int)problem!["status"]!);
    }

    [Fact]
    public async Task A_page_behind_the_last_is_empty()
    {
        await using var server = await RuleServer.StartAsync();
        await server.SeedAsync("a");

        var (status, page, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}?page={int.MaxValue}&page_size=1000");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)page!["total"]!));
        Assert.Empty(page["items"]!.AsArray());
    }

    [Fact]
    public async Task What_was_read_can_be_sent_back_edited()
    {
        await using var server = await RuleServer.StartAsync();
        var path = $"{Rules}/{(await server.SeedAsync("a")).Id}";
        var (_, rule, _) = await server.SendAsync(HttpMethod.Get, path);

        rule!["name"] = "b";
        var (edited, answer, _) = await server.SendAsync(HttpMethod.Put, path, "editor", rule.ToJsonString());
        rule["type"] = TriggerRuleTypes.Manual;
        rule["version"] = 2;
        var (refused, problem, _) = await server.SendAsync(HttpMethod.Put, path, "editor", rule.ToJsonString());

        Assert.Equal((HttpStatusCode.OK, "b", HttpStatusCode.BadRequest), (edited, (string)answer!["name"]!, refused));
        Assert.Equal("'type' is 'manual', but the rule's is 'change' for good. Create another rule.", (string)problem!["detail"]!);
    }

    [Fact]
    public async Task A_policy_has_a_name()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => RuleServer.StartAsync(writePolicy: " "));
        await Assert.ThrowsAsync<ArgumentException>(() => RuleServer.StartAsync(writePolicy: ""));
    }
}
