using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Rules;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves rules, and what they have raised, over HTTP.</summary>
public static class TriggerRulesEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps endpoints that read the rules of the captured context that maps them, and trigger events below them:
    /// <c>GET {prefix}</c>, <c>GET {prefix}/{id}</c>, <c>GET {prefix}/events</c> and <c>GET {prefix}/events/{id}</c>. Lists take
    /// <c>page</c>, <c>page_size</c> and filters. With a policy also those that write, each for that policy alone:
    /// <c>POST {prefix}</c>, <c>PUT {prefix}/{id}</c>, <c>DELETE {prefix}/{id}</c>, which archives, and
    /// <c>POST {prefix}/events/{id}/acknowledgement</c>. Names in JSON are in snake case.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">Where they are. Default: <c>/trigger-rules</c>.</param>
    /// <param name="writePolicy">
    /// The authorization policy for writes, as given to <c>AddAuthorization</c>. Without one nothing can be written.
    /// </param>
    /// <param name="readPolicy">
    /// The policy for reads. Without one it is the application's default policy: who is logged in may read. A policy that asserts
    /// nothing lets everybody.
    /// </param>
    /// <exception cref="ArgumentException">A policy has an empty name.</exception>
    /// <exception cref="InvalidOperationException">The application has not called <c>AddAuthorization</c>.</exception>
    /// <returns>The endpoints as a group, for what holds for all of them.</returns>
    public static RouteGroupBuilder MapTriggerRules(
        this IEndpointRouteBuilder endpoints,
        string prefix = "/trigger-rules",
        string? writePolicy = null,
        string? readPolicy = null) =>
        Map<ITriggerRules, ITriggerEvents>(endpoints, prefix, writePolicy, readPolicy);

    /// <summary>As <see cref="MapTriggerRules"/>, where several captured contexts map rules.</summary>
    /// <typeparam name="TContext">The captured context.</typeparam>
    /// <inheritdoc cref="MapTriggerRules"/>
    public static RouteGroupBuilder MapTriggerRules<TContext>(
        this IEndpointRouteBuilder endpoints,
        string prefix = "/trigger-rules",
        string? writePolicy = null,
        string? readPolicy = null)
        where TContext : DbContext =>
        Map<ITriggerRules<TContext>, ITriggerEvents<TContext>>(endpoints, prefix, writePolicy, readPolicy);

    private static RouteGroupBuilder Map<TRules, TEvents>(
        IEndpointRouteBuilder endpoints, string prefix, string? writePolicy, string? readPolicy)
        where TRules : ITriggerRules
        where TEvents : ITriggerEvents
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        // ASP.NET Core takes an empty one for its default policy: whoever is known.
        if (writePolicy is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(writePolicy);
        if (readPolicy is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(readPolicy);
        if (endpoints.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(IAuthorizationService)) == false)
            throw new InvalidOperationException(
                $"'MapTriggerRules(\"{prefix}\")' lets nobody in, as nothing says who may. Call 'AddAuthorization', and "
                + "'AddAuthentication' with what tells users apart.");

        var readers = new AuthorizeAttribute { Policy = readPolicy };
        var group = endpoints.MapGroup(prefix).WithTags("Trigger rules");
        group.AddEndpointFilter(Problems.AnswerAsync);
        new RuleEndpoints(context => context.RequestServices.GetRequiredService<TRules>()).Map(group, readers, writePolicy);
        new EventEndpoints(context => context.RequestServices.GetRequiredService<TEvents>()).Map(group, readers, writePolicy);
        return group;
    }
}
