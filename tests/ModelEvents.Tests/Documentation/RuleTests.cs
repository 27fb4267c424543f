using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Documentation;

/// <summary>A handler of rules, and rules over HTTP, as the README shows them.</summary>
public sealed class RuleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_of_the_handlers_type_is_raised_by_round_totals()
    {
        await using var app = NewShop();
        await using var scope = app.Services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<ITriggerRules>();
        var context = scope.ServiceProvider.GetRequiredService<ShopContext>();

        await Assert.ThrowsAsync<InvalidTriggerRuleException>(
            () => rules.CreateAsync("round", "hundreds", """{ "of": 0 }""", cancellationToken: Cancellation));
        await rules.CreateAsync("round", "hundreds", """{ "of": 100 }""", cancellationToken: Cancellation);
        context.AddRange(new Order { Number = "1", Total = 300 }, new Order { Number = "2", Total = 301 });
        await context.SaveChangesAsync(Cancellation);

        var raised = await scope.ServiceProvider.GetRequiredService<ITriggerEvents>().ListAsync(cancellationToken: Cancellation);
        Assert.Equal("hundreds", Assert.Single(raised.Items).Rule!.Name);
    }

    [Fact]
    public async Task Rules_over_HTTP_are_closed_to_whom_nobody_knows()
    {
        await using var app = NewShop();
        await app.StartAsync(Cancellation);
        using var client = app.GetTestClient();

        using var answer = await client.GetAsync(new Uri("/trigger-rules", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_operators_of_the_README_are_those_of_conditions()
    {
        var told = Readme.Text[Readme.Text.IndexOf("`op` is one of ", StringComparison.Ordinal)..].Split('\n')[0];
        await using var app = NewShop();
        await using var scope = app.Services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<ITriggerRules>();

        var refusal = await Assert.ThrowsAsync<InvalidTriggerRuleException>(() => rules.CreateAsync(
            TriggerRuleTypes.Change,
            "rule",
            """{ "model": "Order", "condition": { "field": "total", "op": "?", "value": 1 } }""",
            cancellationToken: Cancellation));

        Assert.All(
            told.Split('`').Where((_, index) => index % 2 == 1).Skip(1),
            op => Assert.Contains($"'{op}'", refusal.Message, StringComparison.Ordinal));
    }

    private static WebApplication NewShop()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var name = $"{Guid.CreateVersion7()}";
        builder.Services.AddDbContext<ShopContext>(options => options.UseInMemoryDatabase(name));
        builder.Services.AddModelEvents(options =>
        {
            options.ServiceName = "shop";
            options.Model<Order>();
        }).Capture<ShopContext>();
        builder.Services.AddModelEventRecorder();
        builder.Services.AddTriggerRuleHandler<RoundTotals>();
        builder.Services.AddAuthentication("nobody").AddScheme<AuthenticationSchemeOptions, Nobody>("nobody", null);
        builder.Services.AddAuthorization(options => options.AddPolicy("editors", policy => policy.RequireRole("editor")));
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        // <endpoints>
        app.MapTriggerRules("/trigger-rules", writePolicy: "editors");
        // </endpoints>
        return app;
    }

    // <handler>
    public sealed class RoundTotals : ITriggerRuleHandler
    {
        public string Type => "round";

        public ITriggerCondition Read(JsonElement configuration, TriggerModels models)
        {
            var reasons = new List<string>();
            var order = models.Find("Order", reasons);
            var step = configuration.TryGetProperty("of", out var of) && of.ValueKind == JsonValueKind.Number ? of.GetDecimal() : 0;
            if (step <= 0)
                reasons.Add("'of' is no number above 0. Say which totals are round.");
            return reasons.Count == 0 ? new Round(order!, step) : throw new InvalidTriggerRuleException(reasons);
        }

        private sealed class Round(string model, decimal step) : ITriggerCondition
        {
            public string Model => model;

            public bool IsMet(TriggerChange change) => (decimal)change.After("Total")! % step == 0;
        }
    }
    // </handler>

    private sealed class Order
    {
        public long Id { get; set; }

        public string Number { get; set; } = "";

        public decimal Total { get; set; }
    }

    private sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTriggerRules();
            modelBuilder.Entity<Order>();
        }
    }

    private sealed class Nobody(
        Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory logger,
        System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
