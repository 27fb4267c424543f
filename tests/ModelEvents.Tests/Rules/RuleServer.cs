using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Rules;

/// <summary>A web application that serves the rules of a context in memory.</summary>
internal sealed class RuleServer : IAsyncDisposable
{
    public const string Editors = "editors";
    public const string Everybody = "everybody";

    private readonly WebApplication _app;

    private RuleServer(WebApplication app) => _app = app;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RuleServer> StartAsync(string? writePolicy = Editors, string? readPolicy = Everybody)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var database = $"{Guid.CreateVersion7()}";
        builder.Services.AddDbContext<OfficeContext>(options => options.UseInMemoryDatabase(database));
        builder.Services.AddModelEvents(options =>
        {
            options.ServiceName = "office";
            options.Model<Letter>();
        }).Capture<OfficeContext>();
        builder.Services.AddModelEventRecorder();
        builder.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NameHandler>("name", null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Editors, policy => policy.RequireRole("editor"))
            .AddPolicy(Everybody, policy => policy.RequireAssertion(_ => true));

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapTriggerRules(writePolicy: writePolicy, readPolicy: readPolicy);
        app.MapTriggerRules<OfficeContext>("/office/rules");
        await app.StartAsync(Cancellation);
        return new RuleServer(app);
    }

    /// <summary>Creates a rule, and a letter that meets it.</summary>
    public async Task<TriggerRule> SeedAsync(string name)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var rule = await scope.ServiceProvider.GetRequiredService<ITriggerRules>().CreateAsync(
            TriggerRuleTypes.Change, name, """{ "model": "Letter" }""", cancellationToken: Cancellation);
        var context = scope.ServiceProvider.GetRequiredService<OfficeContext>();
        context.Add(new Letter());
        await context.SaveChangesAsync(Cancellation);
        return rule;
    }

    /// <param name="method">The method.</param>
    /// <param name="path">The path with its query.</param>
    /// <param name="role">The role of who asks; <see langword="null"/> for somebody unknown.</param>
    /// <param name="body">The JSON that is sent, if any.</param>
    /// <param name="type">What is said to be sent.</param>
    public async Task<(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Answer)> SendAsync(
        HttpMethod method, string path, string? role = null, string? body = null, string type = "application/json")
    {
        using var client = _app.GetTestClient();
        using var request = new HttpRequestMessage(method, path);
        if (role is not null)
            request.Headers.Add("role", role);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        var answer = await client.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), answer);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Believes everybody.</summary>
    private sealed class NameHandler(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["role"].ToString() is not { Length: > 0 } role)
                return Task.FromResult(AuthenticateResult.NoResult());

            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(
                new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}

internal sealed class Letter
{
    public int Id { get; set; }

    public int Pages { get; set; }
}

internal sealed class OfficeContext(DbContextOptions<OfficeContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddTriggerRules();
        modelBuilder.Entity<Letter>();
    }
}
