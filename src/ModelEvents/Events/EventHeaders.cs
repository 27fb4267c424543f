using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ModelEvents;

/// <summary>The names of the headers that every event carries on the wire.</summary>
public static class EventHeaders
{
    /// <summary>Full name of the listed model. Own events have none.</summary>
    public const string Model = "modelevents-model";

    /// <summary><c>created</c>, <c>updated</c> or <c>deleted</c>. Own events have none.</summary>
    public const string Action = "modelevents-action";

    /// <summary>The instance's key, as in <see cref="ModelEvent.Key"/>.</summary>
    public const string Key = "modelevents-key";

    /// <summary>A 64-bit number that grows with every event of one model and key.</summary>
    public const string Sequence = "modelevents-sequence";

    /// <summary>
    /// The sequence of the event of the same model and key before this one. Read by consumers and inboxes where a publisher
    /// sends it; ModelEvents itself does not, since a save would have to look it up.
    /// </summary>
    public const string PreviousSequence = "modelevents-previous-sequence";

    /// <summary>
    /// Comma-separated names of the changed properties as they stand in the default body, or <c>*</c> where the values
    /// before the change are not known (an instance attached with <c>Update()</c>). Only on updates.
    /// </summary>
    public const string Changed = "modelevents-changed";

    /// <summary>The status before an update, where the model has a status field and the value is known.</summary>
    public const string PreviousStatus = "modelevents-previous-status";

    /// <summary>
    /// Keys added to and removed from many-to-many links, as JSON:
    /// <c>{"tags":{"added":["1"],"removed":["2"]}}</c>.
    /// </summary>
    public const string Links = "modelevents-links";

    /// <summary><c>log</c> where the change was seen in the database's log (<see cref="CaptureSource.Log"/>).</summary>
    public const string Source = "modelevents-source";

    /// <summary>The id of the database's transaction. Only on events from the log.</summary>
    public const string Transaction = "modelevents-transaction";

    /// <summary>Who did it, where the transaction says so. Only on events from the log.</summary>
    public const string Origin = "modelevents-origin";

    /// <summary>
    /// On an event that could not be made of its row, and so has no body of its model: it stays parked, however often it is
    /// retried.
    /// </summary>
    internal const string Unreadable = "modelevents-unreadable";

    /// <summary>The W3C trace context of the save (https://www.w3.org/TR/trace-context/).</summary>
    public const string TraceParent = "traceparent";

    /// <summary>
    /// Names of headers that are not whole, with commas between: no header is longer than 8 KiB on the wire. A key that is
    /// cut ends with a hash of all of it; <see cref="Changed"/> is <c>*</c> then; of <see cref="Links"/> the first keys are
    /// left. In code that runs where the change was made, an event has them whole.
    /// </summary>
    public const string Cut = "modelevents-cut";

    internal static string ToJson(IReadOnlyDictionary<string, string> headers) =>
        JsonSerializer.Serialize(headers, JsonMetadata);

    /// <summary>The headers of a stored event. One whose headers others have written, and wrongly, is not readable.</summary>
    internal static IReadOnlyDictionary<string, string> FromJson(string json)
    {
        try
        {
            var headers = (IReadOnlyDictionary<string, string?>?)JsonSerializer.Deserialize(json, JsonMetadata);
            if (headers?.Values.Contains(null) == false)
                return headers!;
        }
        catch (JsonException)
        {
            // As below.
        }

        return new Dictionary<string, string>
        {
            [Unreadable] = "The event's headers are not a JSON object of texts. Look at the event, then discard it.",
        };
    }

    private static JsonTypeInfo JsonMetadata { get; } =
        JsonSerializerOptions.Default.GetTypeInfo(typeof(IReadOnlyDictionary<string, string>));
}
