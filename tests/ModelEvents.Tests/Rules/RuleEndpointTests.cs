using System.Net;
using Microsoft.AspNetCore.Builder;

namespace ModelEvents.Tests.Rules;

public sealed class RuleEndpointTests
{
    private const string Rules = "/trigger-rules";

    [Fact]
    public async Task Rules_are_listed_by_page_and_filter()
    {
        await using var server = await RuleServer.StartAsync();
        foreach (var name in new[] { "a", "b", "c" })
            await server.SeedAsync(name);

        var (status, body, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}?page=2&page_size=2&is_active=true&type=change");
        var (_, named, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}?name=b&is_archived=false");
        var (_, none, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}?is_active=false");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((3, 2, 2), ((int)body!["total"]!, (int)body["page"]!, (int)body["page_size"]!));
        var rule = Assert.Single(body["items"]!.AsArray())!.AsObject();
        Assert.Equal(
            ["id", "type", "name", "is_active", "created", "archived", "last_modified", "version"], rule.Select(its => its.Key));
        Assert.Equal("a", (string)rule["name"]!);
        Assert.Equal("b", (string)Assert.Single(named!["items"]!.AsArray())!["name"]!);
        Assert.Equal(0, (int)none!["total"]!);
    }

    [Fact]
    public async Task A_rule_is_told_with_its_configuration()
    {
        await using var server = await RuleServer.StartAsync();
        var rule = await server.SeedAsync("a");

        var (_, body, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}/{rule.Id}");
        var (missing, _, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}/{Guid.CreateVersion7()}");

        Assert.Equal("""{"model":"Letter"}""", body!["configuration"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, missing);
    }

    [Fact]
    public async Task Trigger_events_are_listed_and_told_with_their_rules()
    {
        await using var server = await RuleServer.StartAsync();
        var rule = await server.SeedAsync("a");
        await server.SeedAsync("b");

        var (_, list, _) = await server.SendAsync(
            HttpMethod.Get, $"{Rules}/events?rule_id={rule.Id}&is_acknowledged=false&since=2020-01-01T00:00:00Z&type=change");
        var (_, past, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}/events?until=2020-01-01T00:00:00Z");
        var first = list!["items"]![1]!;
        var (_, one, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}/events/{first["id"]}");

        Assert.Equal((2, 0), ((int)list["total"]!, (int)past!["total"]!));
        Assert.Equal(["id", "type", "rule", "occurred", "acknowledged"], first.AsObject().Select(its => its.Key));
        Assert.Equal("a", (string)first["rule"]!["name"]!);
        Assert.Equal("created", (string)one!["description"]!["action"]!);
        Assert.Equal("Letter", (string)one["rule"]!["configuration"]!["model"]!);
    }

    [Theory]
    [InlineData("?page=0")]
    [InlineData("?page_size=1001")]
    [InlineData("?page=x")]
    [InlineData("?is_active=perhaps")]
    public async Task A_query_that_is_wrong_is_a_bad_request(string query)
    {
        await using var server = await RuleServer.StartAsync();

        var (status, _, _) = await server.SendAsync(HttpMethod.Get, Rules + query);

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Nothing_can_be_written_without_a_policy()
    {
        await using var server = await RuleServer.StartAsync(writePolicy: null);
        var rule = await server.SeedAsync("a");

        var (created, _, _) = await server.SendAsync(HttpMethod.Post, Rules, "editor", "{}");
        var (edited, _, _) = await server.SendAsync(HttpMethod.Put, $"{Rules}/{rule.Id}", "editor", "{}");
        var (archived, _, _) = await server.SendAsync(HttpMethod.Delete, $"{Rules}/{rule.Id}", "editor");

        Assert.All([created, edited, archived], status => Assert.Equal(HttpStatusCode.MethodNotAllowed, status));
    }

    [Fact]
    public async Task Reads_are_for_who_is_known_unless_a_policy_says_who()
    {
        await using var byDefault = await RuleServer.StartAsync(readPolicy: null);
        await using var forEditors = await RuleServer.StartAsync(readPolicy: RuleServer.Editors);
        var id = Guid.CreateVersion7();

        foreach (var path in new[] { Rules, $"{Rules}/{id}", $"{Rules}/events", $"{Rules}/events/{id}" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await byDefault.SendAsync(HttpMethod.Get, path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await forEditors.SendAsync(HttpMethod.Get, path, "reader")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await byDefault.SendAsync(HttpMethod.Get, Rules, "reader")).Status);
        Assert.Equal(HttpStatusCode.OK, (await forEditors.SendAsync(HttpMethod.Get, Rules, "editor")).Status);
    }

    [Fact]
    public async Task Rules_are_not_served_where_nothing_says_who_may_read_them()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        var refusal = Assert.Throws<InvalidOperationException>(() => app.MapTriggerRules());

        Assert.Contains("'AddAuthorization'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_are_for_the_policy_alone()
    {
        await using var server = await RuleServer.StartAsync();
        var rule = await server.SeedAsync("a");

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, Rules),
            (HttpMethod.Put, $"{Rules}/{rule.Id}"),
            (HttpMethod.Delete, $"{Rules}/{rule.Id}"),
            (HttpMethod.Post, $"{Rules}/events/{rule.Id}/acknowledgement"),
        })
        {
            var (unknown, _, _) = await server.SendAsync(method, path, role: null, "{}");
            var (reader, _, _) = await server.SendAsync(method, path, "reader", "{}");
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (unknown, reader));
        }
    }

    [Fact]
    public async Task A_rule_is_created_edited_and_archived()
    {
        await using var server = await RuleServer.StartAsync();

        var (created, made, answer) = await server.SendAsync(
            HttpMethod.Post,
            Rules,
            "editor",
            """{ "type": "change", "name": "long", "configuration": { "model": "Letter" }, "is_active": false }""");
        var path = $"{Rules}/{made!["id"]}";
        var (edited, changed, _) = await server.SendAsync(
            HttpMethod.Put,
            path,
            "editor",
            """
            {
              "version": 1, "name": "longer", "is_active": true,
              "configuration": { "model": "Letter", "condition": { "field": "pages", "op": ">", "value": 3 } }
            }
            """);
        var (conflict, problem, _) = await server.SendAsync(HttpMethod.Put, path, "editor", """{ "version": 1, "name": "late" }""");
        var (stale, _, _) = await server.SendAsync(HttpMethod.Delete, $"{path}?version=1", "editor");
        var (archived, gone, _) = await server.SendAsync(HttpMethod.Delete, $"{path}?version=2", "editor");

        Assert.Equal(HttpStatusCode.Created, created);
        Assert.Equal(path, answer.Headers.Location?.OriginalString);
        Assert.False((bool)made["is_active"]!);
        Assert.Equal((HttpStatusCode.OK, "longer", 2), (edited, (string)changed!["name"]!, (int)changed["version"]!));
        Assert.Equal((HttpStatusCode.Conflict, 2), (conflict, (int)problem!["current_version"]!));
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (stale, archived));
        Assert.NotNull((string?)gone!["archived"]);
    }

    [Fact]
    public async Task What_is_wrong_with_a_rule_is_answered_with_all_reasons()
    {
        await using var server = await RuleServer.StartAsync();

        var (invalid, reasons, _) = await server.SendAsync(
            HttpMethod.Post, Rules, "editor", """{ "type": "change", "name": "", "configuration": { "modle": "Letter" } }""");
        var (unknown, type, _) = await server.SendAsync(HttpMethod.Post, Rules, "editor", """{ "type": "clock", "name": "x" }""");
        var (broken, _, _) = await server.SendAsync(HttpMethod.Post, Rules, "editor", "{");
        var (unversioned, _, _) = await server.SendAsync(HttpMethod.Put, $"{Rules}/{Guid.Empty}", "editor", "{}");
        var (missing, _, _) = await server.SendAsync(HttpMethod.Put, $"{Rules}/{Guid.Empty}", "editor", """{ "version": 1 }""");

        Assert.All([invalid, unknown, broken, unversioned], status => Assert.Equal(HttpStatusCode.BadRequest, status));
        Assert.Equal(HttpStatusCode.NotFound, missing);
        Assert.Equal(
            [
                "The name is empty. Give the rule one: it names its events.",
                "'modle' is not known. Did you mean 'model'?",
                "'model' is missing. Name the listed model whose changes count.",
            ],
            reasons!["reasons"]!.AsArray().Select(reason => (string)reason!));
        Assert.Equal("clock", (string)type!["rule_type"]!);
    }

    [Fact]
    public async Task An_event_is_acknowledged_once()
    {
        await using var server = await RuleServer.StartAsync();
        await server.SeedAsync("a");
        var (_, list, _) = await server.SendAsync(HttpMethod.Get, $"{Rules}/events");
        var path = $"{Rules}/events/{list!["items"]![0]!["id"]}/acknowledgement";

        var (first, one, _) = await server.SendAsync(HttpMethod.Post, path, "editor");
        var (second, _, _) = await server.SendAsync(HttpMethod.Post, path, "editor");
        var (missing, _, _) = await server.SendAsync(HttpMethod.Post, $"{Rules}/events/{Guid.Empty}/acknowledgement", "editor");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound), (first, second, missing));
        Assert.NotNull((string?)one!["acknowledged"]);
    }

    [Fact]
    public async Task The_group_can_be_closed_to_readers_too()
    {
        await using var server = await RuleServer.StartAsync();

        var (unknown, _, _) = await server.SendAsync(HttpMethod.Get, "/office/rules");
        var (reader, _, _) = await server.SendAsync(HttpMethod.Get, "/office/rules", "reader");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (unknown, reader));
    }
}
