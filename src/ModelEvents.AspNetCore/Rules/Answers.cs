using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace ModelEvents.Rules;

/// <summary>Reads and writes JSON as the bodies of events have it, whatever the application's own options say.</summary>
internal static class Answers
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, Options, statusCode: status);

    public static IResult Page<TSource, T>(TriggerPage<TSource> page, Func<TSource, T> item) =>
        Json(new TriggerPage<T>([.. page.Items.Select(item)], page.Total, page.Page, page.PageSize));

    public static async Task<T> ReadAsync<T>(HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException(
                "The body is no JSON. Send 'application/json'.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await context.Request.ReadFromJsonAsync<T>(Options, cancellationToken).ConfigureAwait(false)
                ?? throw new BadHttpRequestException("The body is null. Send a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException($"The body cannot be read: {exception.Message} Correct it.", exception);
        }
        catch (InvalidOperationException exception)
        {
            // Its content type names an encoding that is not known.
            throw new BadHttpRequestException(
                $"{exception.Message} Send UTF-8.", StatusCodes.Status415UnsupportedMediaType, exception);
        }
    }
}
