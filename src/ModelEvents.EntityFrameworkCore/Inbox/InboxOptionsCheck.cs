using Microsoft.Extensions.Options;

namespace ModelEvents.Inbox;

/// <summary>Finds all mistakes in the options of an inbox; their name is that of its context.</summary>
internal sealed class InboxOptionsCheck : IValidateOptions<InboxOptions>
{
    public ValidateOptionsResult Validate(string? name, InboxOptions options)
    {
        string[] mistakes = [.. FindMistakes(options).Select(mistake => $"The inbox of '{name}': {mistake}")];
        return mistakes.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> FindMistakes(InboxOptions its)
    {
        if (string.IsNullOrWhiteSpace(its.Table))
            yield return "'Table' is empty. Name the table, such as 'model_events_inbox'.";
        if (its.Schema is not null && string.IsNullOrWhiteSpace(its.Schema))
            yield return "'Schema' is empty. Name the schema, or leave it out for the context's default schema.";
        if (IsOutside(its.Retention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)))
            yield return $"'Retention' is '{its.Retention}', out of its range. Set it to 1 minute up to 3650 days.";
        if (IsOutside(its.CleanupInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)))
            yield return $"'CleanupInterval' is '{its.CleanupInterval}', out of its range. Set it to 1 second up to 1 day.";
    }

    private static bool IsOutside(TimeSpan value, TimeSpan least, TimeSpan most) => value < least || value > most;
}
