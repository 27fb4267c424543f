using System.Text;
using RabbitMQ.Client;

namespace ModelEvents.Faults.Checking;

/// <summary>An event that tells nothing true, sent to a consumer to see that it finds nothing in the database for it.</summary>
internal static class Invention
{
    /// <summary>Its message id.</summary>
    public const string Id = "invented";

    private const string Body = """{"id":0,"mark":-1}""";
    private const string Key = "0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static async Task SendAsync(Uri broker, IReadOnlyList<Arrivals> to, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var arrivals in to)
        {
            var headers = new Dictionary<string, object?>
            {
                [EventHeaders.Model] = "Parcel",
                [EventHeaders.Key] = Key,
                [EventHeaders.Action] = "created",
            };
            await channel.BasicPublishAsync(
                "",
                arrivals.Queue,
                mandatory: true,
                new BasicProperties { MessageId = Id, Headers = headers },
                Encoding.UTF8.GetBytes(Body),
                cancellationToken);
        }

        var since = TimeProvider.System.GetTimestamp();
        var key = TruthKey.Of($"Parcel:{Key}", "created", "mark", -1);
        while (to.Any(arrivals => arrivals.CountMissing([key]) > 0) && TimeProvider.System.GetElapsedTime(since) < Patience)
            await Task.Delay(Interval, cancellationToken);
    }

    public static bool WasNotedIn(IEnumerable<Delivery> deliveries) =>
        deliveries.FirstOrDefault(delivery => delivery.Id == Id) is { VisibleTruth: 0, LookedLate: false };
}
