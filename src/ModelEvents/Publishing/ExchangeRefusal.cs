using System.Text.RegularExpressions;

namespace ModelEvents.Publishing;

/// <summary>
/// Says what is wrong with an exchange that RabbitMQ has and refuses to declare or to publish to (406 and 403), and what to do.
/// </summary>
internal static partial class ExchangeRefusal
{
    /// <summary>For who may not publish, or an exchange that nobody may publish to.</summary>
    public static string OfAccess(string exchange, string reply) =>
        reply.Contains("internal exchange", StringComparison.Ordinal)
            ? Text(exchange, "is internal, and takes no events from outside. Delete it.", reply)
            : $"The broker's user may not publish to exchange '{exchange}'. Grant the permission. RabbitMQ says: {reply}";

    /// <summary>For an exchange that is there with other properties.</summary>
    public static string OfProperties(string exchange, string reply)
    {
        // "inequivalent arg 'type' for exchange 'shop.events' in vhost '/': received 'topic' but current is 'fanout'".
        var difference = Difference().Match(reply);
        var (property, actual) = (difference.Groups["property"].Value, difference.Groups["actual"].Value);
        return property switch
        {
            "" => Text(exchange, $"exists with other properties. Delete it, or {AsItIs}.", reply),
            "type" => Text(
                exchange,
                $"has the type '{actual}', where 'topic' is needed to tell events apart by their names. Delete it: it is then "
                + $"declared anew, and its queues must be bound again. Or {AsItIs}.",
                reply),
            "auto_delete" => Text(
                exchange, $"has auto-delete '{actual}'. Set Broker:AutoDelete to that, delete it, or {AsItIs}.", reply),
            "durable" => Text(
                exchange, $"is not durable, so that it is gone when the broker restarts. Delete it, or {AsItIs}.", reply),
            "internal" => Text(exchange, "is internal, and takes no events from outside. Delete it.", reply),
            _ => Text(
                exchange, $"has the argument '{property}', and ModelEvents declares none. Set that as a policy, or {AsItIs}.", reply),
        };
    }

    private const string AsItIs = "set Broker:Topology to None to publish to it as it is";

    private static string Text(string exchange, string what, string reply) =>
        $"Exchange '{exchange}' {what} RabbitMQ says: {reply}";

    [GeneratedRegex("inequivalent arg '(?<property>[^']+)' for exchange .* but current is '?(?<actual>[^']*)'?")]
    private static partial Regex Difference();
}
