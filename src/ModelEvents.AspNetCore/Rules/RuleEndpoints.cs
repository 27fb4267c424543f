using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace ModelEvents.Rules;

/// <summary>The endpoints of rules.</summary>
internal sealed class RuleEndpoints(Func<HttpContext, ITriggerRules> rulesOf)
{
    public void Map(RouteGroupBuilder group, IAuthorizeData readers, string? writePolicy)
    {
        group.MapGet("/", ListAsync).RequireAuthorization(readers);
        group.MapGet("/{id:guid}", FindAsync).RequireAuthorization(readers);
        if (writePolicy is null)
            return;

        group.MapPost("/", CreateAsync).RequireAuthorization(writePolicy);
        group.MapPut("/{id:guid}", EditAsync).RequireAuthorization(writePolicy);
        group.MapDelete("/{id:guid}", ArchiveAsync).RequireAuthorization(writePolicy);
    }

    private async Task<IResult> ListAsync(
        HttpContext context,
        string? type,
        string? name,
        [FromQuery(Name = "is_active")] bool? isActive,
        [FromQuery(Name = "is_archived")] bool? isArchived,
        [AsParameters] PageQuery page,
        CancellationToken cancellationToken)
    {
        var filter = new TriggerRuleFilter
        {
            Type = type,
            Name = name,
            IsActive = isActive,
            IsArchived = isArchived,
            Page = page.Number,
            PageSize = page.Size,
        };
        var found = await rulesOf(context).ListAsync(filter, cancellationToken).ConfigureAwait(false);
        return Answers.Page(found, rule => rule.ToItem());
    }

    private async Task<IResult> FindAsync(HttpContext context, Guid id, CancellationToken cancellationToken) =>
        await rulesOf(context).FindAsync(id, cancellationToken).ConfigureAwait(false) is { } rule
            ? Answers.Json(rule.ToDetails())
            : Problems.NotFound();

    private async Task<IResult> CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var body = await Answers.ReadAsync<RuleBody>(context, cancellationToken).ConfigureAwait(false);
        var rule = await rulesOf(context).CreateAsync(
            body.Type ?? "",
            body.Name ?? "",
            body.Configuration?.GetRawText() ?? "{}",
            body.IsActive ?? true,
            cancellationToken).ConfigureAwait(false);
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path}".TrimEnd('/') + $"/{rule.Id}";
        return Answers.Json(rule.ToDetails(), StatusCodes.Status201Created);
    }

    private async Task<IResult> EditAsync(HttpContext context, Guid id, CancellationToken cancellationToken)
    {
        var body = await Answers.ReadAsync<RuleBody>(context, cancellationToken).ConfigureAwait(false);
        if (body.Version is not { } version)
            throw new BadHttpRequestException("'version' is missing. Send the one that was read.");

        var rules = rulesOf(context);
        if (body.Type is { } type
            && await rules.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } read
            && read.Type != type)
        {
            throw new BadHttpRequestException(
                $"'type' is '{type}', but the rule's is '{read.Type}' for good. Create another rule.");
        }

        var edit = new TriggerRuleEdit
        {
            Name = body.Name,
            Configuration = body.Configuration?.GetRawText(),
            IsActive = body.IsActive,
        };
        var rule = await rules.EditAsync(id, version, edit, cancellationToken).ConfigureAwait(false);
        return Answers.Json(rule.ToDetails());
    }

    private async Task<IResult> ArchiveAsync(
        HttpContext context, Guid id, long? version, CancellationToken cancellationToken) =>
        Answers.Json((await rulesOf(context).ArchiveAsync(id, version, cancellationToken).ConfigureAwait(false)).ToDetails());
}
