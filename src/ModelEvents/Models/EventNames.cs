using System.Text;
using System.Text.Json;

namespace ModelEvents.Models;

/// <summary>How events are named.</summary>
public static class EventNames
{
    /// <summary>
    /// The longest name that AMQP 0-9-1 can carry as a routing key (a short string), in bytes of UTF-8.
    /// </summary>
    public const int MaxBytes = 255;

    /// <summary>
    /// <c>&lt;prefix&gt;__created</c>, <c>__updated</c> or <c>__deleted</c>; or <c>&lt;prefix&gt;.created</c>, <c>.saved</c> or
    /// <c>.deleted</c>.
    /// </summary>
    public static string Of(string prefix, ChangeAction action, NameStyle style = NameStyle.Dunder) =>
        Of(prefix, style == NameStyle.Dotted && action == ChangeAction.Updated ? "saved" : Word(action), style);

    /// <summary><c>&lt;prefix&gt;__&lt;status&gt;</c>, or <c>&lt;prefix&gt;.&lt;status&gt;</c>.</summary>
    public static string Of(string prefix, string status, NameStyle style = NameStyle.Dunder) =>
        style == NameStyle.Dotted ? $"{prefix}.{status}" : $"{prefix}__{status}";

    /// <summary>
    /// The default prefix of a model: its name in snake case (<c>StatusModel2</c> is <c>status_model2</c>), without type
    /// arguments.
    /// </summary>
    public static string PrefixOf(Type model) => SnakeCase(TypeNames.ShortOf(model));

    /// <summary>The word for an action in names and headers.</summary>
    public static string Word(ChangeAction action) => action switch
    {
        ChangeAction.Created => "created",
        ChangeAction.Updated => "updated",
        _ => "deleted",
    };

    /// <summary>
    /// A status value as the part of a name: an enum's member name in snake case, anything else verbatim. Of a control
    /// character a name has the percent-encoded form, such as <c>%0A</c>.
    /// </summary>
    public static string? StatusOf(object? value) => TextOf(value) is { } status ? PlainText.Of(status) : null;

    /// <summary>The exchange of a service: <c>&lt;service&gt;.events</c>.</summary>
    public static string ExchangeOf(string service) => $"{service}.events";

    private static string? TextOf(object? value) => value switch
    {
        null => null,
        Enum member => SnakeCase(member.ToString()),
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    internal static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    internal static int SizeOf(string name) => Encoding.UTF8.GetByteCount(name);

    internal static bool IsTooLong(string name) => SizeOf(name) > MaxBytes;

    /// <summary>Whether a whole name that a user gives can be one.</summary>
    internal static void ThrowIfUnfit(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        if (IsTooLong(name))
        {
            throw new ArgumentException(
                $"The event name '{name}' has {SizeOf(name)} bytes, where AMQP allows {MaxBytes}. Shorten it.", parameter);
        }

        if (!PlainText.Is(name))
        {
            throw new ArgumentException(
                $"The event name '{PlainText.Of(name)}' has a control character in it. Write it without.", parameter);
        }
    }
}
