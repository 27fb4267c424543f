using System.Text;
using ModelEvents.Handlers;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class EventPackTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, 987, TimeSpan.Zero);

    [Fact]
    public void Events_come_back_as_they_were_with_sequences_from_the_position_on()
    {
        var headers = new Dictionary<string, string> { ["é"] = "\"q\"", ["empty"] = "" };
        ModelEvent[] sent =
        [
            Make("1", """{"naïve":"日本語"}""", headers),
            Make("2", new string('x', 100_000), headers),
            Make("3", "", new Dictionary<string, string>()) with { Name = "order__deleted", OccurredAt = Now.AddDays(1) },
        ];

        var read = Read(Write(sent), 5000);

        Assert.Equal(sent.Select(Texts), read.Select(Texts));
        Assert.Equal([5000L, 5001L, 5002L], read.Select(one => one.Sequence));
        Assert.All(sent.Zip(read), pair => Assert.Equal(pair.First.Headers, pair.Second.Headers));
    }

    [Fact]
    public void What_a_bulk_insert_has_in_common_is_written_once()
    {
        var headers = new Dictionary<string, string> { ["traceparent"] = new('t', 55) };
        ModelEvent[] sent = [.. Enumerable.Range(0, 100).Select(number => Make($"{number}", "{}", headers))];

        // A byte and an id of 16; key and body with their lengths.
        Assert.InRange(Write(sent).Length, 100 * 22, (100 * 22) + 200);
    }

    [Fact]
    public void Generated_values_take_their_places_in_key_and_body()
    {
        var sent = Make("\0", "{\"id\":\0,\"name\":\"größer\",\"version\":\0}", new Dictionary<string, string>());
        byte[] pack = [.. EventPackWriter.Write(sent).Span, .. "42,42,-7"u8];

        var read = Assert.Single(Read(pack, 1));

        Assert.Equal("42", read.Key);
        Assert.Equal("""{"id":42,"name":"größer","version":-7}""", Encoding.UTF8.GetString(read.Body.Span));
    }

    [Fact]
    public void Rows_hold_all_events_in_order_and_stay_below_the_size_that_is_compressed()
    {
        var headers = new Dictionary<string, string> { ["traceparent"] = new('t', 55) };
        ModelEvent[] sent = [.. Enumerable.Range(0, 500).Select(number => Make($"{number}", new string('x', 200), headers))];

        var rows = EventPackWriter.WriteRows(sent).Packs;

        var read = rows.SelectMany(row => Read(row.Bytes, 0)).ToList();
        Assert.Equal(sent.Select(Texts), read.Select(Texts));
        Assert.Equal(500, rows.Sum(row => row.Count));
        Assert.All(rows, row => Assert.InRange(row.Bytes.Length, 1, 1990));
        Assert.InRange(rows.Count, 500 / 8, (500 / 7) + 1);
    }

    [Fact]
    public void A_row_has_no_more_events_than_its_id_leaves_sequences_for()
    {
        var headers = new Dictionary<string, string>();
        ModelEvent[] sent = [.. Enumerable.Range(0, 300).Select(_ => Make("", "", headers))];

        Assert.All(EventPackWriter.WriteRows(sent).Packs, row => Assert.InRange(row.Count, 1, EventPackWriter.MostOfRow));
    }

    [Fact]
    public void An_event_that_is_larger_than_a_row_should_be_has_a_row_of_its_own()
    {
        var headers = new Dictionary<string, string>();
        ModelEvent[] sent = [Make("1", "{}", headers), Make("2", new string('x', 5000), headers), Make("3", "{}", headers)];

        Assert.Equal([1, 1, 1], EventPackWriter.WriteRows(sent).Packs.Select(row => row.Count));
    }

    [Fact]
    public void A_pack_of_a_later_version_is_refused()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => Read(new byte[] { 3, 0 }, 1));

        Assert.Contains("format '3'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_keep_where_they_go()
    {
        var headers = new Dictionary<string, string>();
        var (both, mailer) = (new EventTargets(broker: true, ["Packer", "Mailer"]), EventTargets.Of("Mailer"));
        EventTargets?[] targets = [null, both, both, mailer, null];
        ModelEvent[] sent = [.. targets.Select(its => Make("1", "{}", headers) with { Targets = its })];

        var read = Read(Write(sent), 1);

        Assert.Equal(
            ["broker", "broker Packer Mailer", "broker Packer Mailer", " Mailer", "broker"],
            read.Select(one => string.Join(' ', one.Targets?.Handlers.Prepend(one.Targets.Broker ? "broker" : "") ?? ["broker"])));
        Assert.Equal(sent.Select(one => one.Id), read.Select(one => one.Id));
    }

    [Fact]
    public void Events_for_the_broker_alone_are_stored_as_before_there_were_handlers()
    {
        ModelEvent[] sent = [Make("1", "{}", new Dictionary<string, string>())];

        var plain = Write(sent).ToArray();
        var handled = Write([sent[0] with { Targets = EventTargets.Of("Mailer") }]);

        Assert.Equal(EventPackWriter.Version, plain[0]);
        Assert.Equal(plain.Length + 1 + 1 + "Mailer".Length, handled.Length);
    }

    [Fact]
    public void Events_of_a_large_save_go_into_several_messages_and_keep_their_order()
    {
        var headers = new Dictionary<string, string> { ["traceparent"] = new('t', 55) };
        ModelEvent[] sent = [.. Enumerable.Range(0, 100).Select(number => Make($"{number}", new string('x', 200), headers))];

        var messages = EventPackWriter.WriteMessages(sent, mostBytes: 5000).Packs;

        Assert.Equal(sent.Select(Texts), messages.SelectMany(message => Read(message.Bytes, 0)).Select(Texts));
        Assert.InRange(messages.Count, 5, 6);
        Assert.All(messages, message => Assert.InRange(message.Bytes.Length, 1, 5000));
    }

    private static ReadOnlyMemory<byte> Write(ModelEvent[] events) =>
        Assert.Single(EventPackWriter.WriteMessages(events).Packs).Bytes;

    private static ModelEvent[] Read(ReadOnlyMemory<byte> pack, long position) =>
        EventPackReader.Read(pack, position, new PackTexts());

    private static ModelEvent Make(string key, string body, IReadOnlyDictionary<string, string> headers) => new()
    {
        Id = new EventIds(TimeProvider.System).Next(),
        Name = "order__created",
        Service = "shop",
        Model = "Shop.Order",
        Key = key,
        Body = Encoding.UTF8.GetBytes(body),
        Headers = headers,
        OccurredAt = Now,
    };

    private static (Guid, string, string, string, string, string, DateTimeOffset) Texts(ModelEvent one) =>
        (one.Id, one.Name, one.Service, one.Model, one.Key, Encoding.UTF8.GetString(one.Body.Span), one.OccurredAt);
}
