using Microsoft.AspNetCore.Http;

namespace ModelEvents.Rules;

/// <summary>Answers what a caller did wrong as problem details (https://www.rfc-editor.org/rfc/rfc9457).</summary>
internal static class Problems
{
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (InvalidTriggerRuleException invalid)
        {
            return Problem(StatusCodes.Status400BadRequest, "The rule is wrong.", invalid, ("reasons", invalid.Reasons));
        }
        catch (InvalidTriggerTypeException unknown)
        {
            return Problem(StatusCodes.Status400BadRequest, "The type is not known.", unknown, ("rule_type", unknown.Type));
        }
        catch (TriggerRuleConflictException gone) when (gone.CurrentVersion is null)
        {
            return NotFound();
        }
        catch (TriggerRuleConflictException conflict)
        {
            return Problem(
                StatusCodes.Status409Conflict,
                "Somebody else has edited the rule.",
                conflict,
                ("current_version", conflict.CurrentVersion));
        }
        catch (BadHttpRequestException mistake)
        {
            return Problem(mistake.StatusCode, "The request is wrong.", mistake);
        }
        catch (ArgumentOutOfRangeException mistake)
        {
            return Problem(StatusCodes.Status400BadRequest, "The request is wrong.", mistake);
        }
    }

    public static IResult NotFound() => Results.Problem(statusCode: StatusCodes.Status404NotFound);

    private static IResult Problem(
        int status, string title, Exception exception, params (string Name, object? Value)[] more) =>
        Results.Problem(
            exception.Message,
            statusCode: status,
            title: title,
            extensions: more.ToDictionary(pair => pair.Name, pair => pair.Value));
}
