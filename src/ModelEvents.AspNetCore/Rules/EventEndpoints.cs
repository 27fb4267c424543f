using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace ModelEvents.Rules;

/// <summary>The endpoints of trigger events.</summary>
internal sealed class EventEndpoints(Func<HttpContext, ITriggerEvents> eventsOf)
{
    public void Map(RouteGroupBuilder group, IAuthorizeData readers, string? writePolicy)
    {
        group.MapGet("/events", ListAsync).RequireAuthorization(readers);
        group.MapGet("/events/{id:guid}", FindAsync).RequireAuthorization(readers);
        if (writePolicy is not null)
            group.MapPost("/events/{id:guid}/acknowledgement", AcknowledgeAsync).RequireAuthorization(writePolicy);
    }

    private async Task<IResult> ListAsync(
        HttpContext context,
        string? type,
        [FromQuery(Name = "rule_id")] Guid? ruleId,
        DateTimeOffset? since,
        DateTimeOffset? until,
        [FromQuery(Name = "is_acknowledged")] bool? isAcknowledged,
        [AsParameters] PageQuery page,
        CancellationToken cancellationToken)
    {
        var filter = new TriggerEventFilter
        {
            Type = type,
            RuleId = ruleId,
            Since = since,
            Until = until,
            IsAcknowledged = isAcknowledged,
            Page = page.Number,
            PageSize = page.Size,
        };
        var found = await eventsOf(context).ListAsync(filter, cancellationToken).ConfigureAwait(false);
        return Answers.Page(found, one => one.ToItem());
    }

    private async Task<IResult> FindAsync(HttpContext context, Guid id, CancellationToken cancellationToken) =>
        await eventsOf(context).FindAsync(id, cancellationToken).ConfigureAwait(false) is { } one
            ? Answers.Json(one.ToDetails())
            : Problems.NotFound();

    /// <summary>Whoever comes second is told so.</summary>
    private async Task<IResult> AcknowledgeAsync(HttpContext context, Guid id, CancellationToken cancellationToken)
    {
        var isFirst = await eventsOf(context).AcknowledgeAsync(id, cancellationToken).ConfigureAwait(false);
        if (await eventsOf(context).FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } one)
            return Problems.NotFound();

        return Answers.Json(one.ToDetails(), isFirst ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }
}
