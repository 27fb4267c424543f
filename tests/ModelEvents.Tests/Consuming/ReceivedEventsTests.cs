using System.Globalization;
using System.Text;
using ModelEvents.Consuming;

namespace ModelEvents.Tests.Consuming;

public sealed class ReceivedEventsTests
{
    [Fact]
    public void Everything_that_an_update_says_is_read()
    {
        var received = ReceivedEvents.Read(Messages.With(Messages.Headers()));

        Assert.Equal(Messages.Id, received.Id);
        Assert.Equal("order__shipped", received.Name);
        Assert.Equal("shop", received.Service);
        Assert.Equal("Shop.Order", received.Model);
        Assert.Equal("Zoë", received.Key);
        Assert.Equal(ChangeAction.Updated, received.Action);
        Assert.Equal(42, received.Sequence);
        Assert.Equal(41, received.PreviousSequence);
        Assert.Equal(["status", "total"], received.ChangedProperties);
        Assert.Equal("open", received.PreviousStatus);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), received.OccurredAt);
    }

    [Fact]
    public void What_is_optional_may_be_missing()
    {
        var headers = Messages.Headers();
        headers.Remove(EventHeaders.PreviousSequence);
        headers.Remove(EventHeaders.Changed);
        headers.Remove(EventHeaders.PreviousStatus);

        var received = ReceivedEvents.Read(Messages.With(headers));

        Assert.Null(received.PreviousSequence);
        Assert.Equal([], received.ChangedProperties);
        Assert.Null(received.PreviousStatus);
    }

    [Fact]
    public void A_star_means_that_the_changed_properties_are_not_known()
    {
        Assert.Null(ReceivedEvents.Read(Messages.With(EventHeaders.Changed, "*")).ChangedProperties);
        Assert.Equal([], ReceivedEvents.Read(Messages.With(EventHeaders.Changed, "")).ChangedProperties);
    }

    [Theory]
    [InlineData(42L)]
    [InlineData(42)]
    [InlineData("42")]
    [InlineData(new byte[] { (byte)'4', (byte)'2' })]
    public void A_sequence_is_read_in_any_form_that_a_transport_gives_it(object value)
    {
        Assert.Equal(42, ReceivedEvents.Read(Messages.With(EventHeaders.Sequence, value)).Sequence);
    }

    [Fact]
    public void Numbers_are_read_alike_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE") { NumberFormat = { NegativeSign = "~" } };
        try
        {
            Assert.Equal(-42, ReceivedEvents.Read(Messages.With(EventHeaders.Sequence, "-42")).Sequence);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [InlineData(EventHeaders.Model)]
    [InlineData(EventHeaders.Action)]
    [InlineData(EventHeaders.Key)]
    [InlineData(EventHeaders.Sequence)]
    public void A_missing_header_is_named(string header)
    {
        var headers = Messages.Headers();
        headers.Remove(header);

        var mistake = Assert.Throws<InvalidOperationException>(() => ReceivedEvents.Read(Messages.With(headers)));

        Assert.Equal(
            $"The message 'order__shipped' has no header '{header}', so it is not an event of ModelEvents. "
            + "Use 'TryGetModelEvent' where messages of other publishers arrive.",
            mistake.Message);
        Assert.False(ReceivedEvents.TryRead(Messages.With(headers), out _, out _));
    }

    [Fact]
    public void An_own_event_has_neither_model_nor_action()
    {
        var headers = Messages.Headers();
        headers.Remove(EventHeaders.Model);
        headers.Remove(EventHeaders.Action);

        var received = ReceivedEvents.Read(Messages.With(headers));

        Assert.Equal(("", null, "Zoë", 42), (received.Model, received.Action, received.Key, received.Sequence));
        Assert.True(Messages.With(headers).IsModelEvent);
    }

    [Theory]
    [InlineData(EventHeaders.Sequence, "4.2")]
    [InlineData(EventHeaders.Sequence, " 42")]
    [InlineData(EventHeaders.Sequence, 42.0)]
    [InlineData(EventHeaders.PreviousSequence, "none")]
    [InlineData(EventHeaders.Action, "Updated")]
    [InlineData(EventHeaders.Model, 1)]
    [InlineData(EventHeaders.Key, 1L)]
    public void A_header_of_another_form_is_named(string header, object value)
    {
        var mistake = Assert.Throws<InvalidOperationException>(
            () => ReceivedEvents.Read(Messages.With(header, value)));

        Assert.StartsWith(
            $"The message 'order__shipped' has no valid header '{header}'.", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_that_ModelEvents_always_sets_are_asked_for()
    {
        var message = Messages.With(Messages.Headers());

        Assert.Contains("'message_id'", MistakeIn(message with { MessageId = "1" }), StringComparison.Ordinal);
        Assert.Contains("'app_id'", MistakeIn(message with { AppId = null }), StringComparison.Ordinal);
        Assert.Contains("'timestamp'", MistakeIn(message with { Timestamp = null }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_type_names_the_event_where_a_move_between_queues_gave_it_another_routing_key()
    {
        var message = Messages.With(Messages.Headers()) with { RoutingKey = "billing", Exchange = "" };

        Assert.Equal("order__shipped", message.Name);
        Assert.Equal(new Subject("shop", "order__shipped"), Subject.Of(message, "other"));
    }

    [Fact]
    public void An_event_of_another_publisher_is_known_by_its_message_id_alone()
    {
        var received = ReceivedEvents.ReadForeign(Messages.Foreign(Messages.Id.ToString()), "shop");

        Assert.Equal(Messages.Id, received.Id);
        Assert.Equal("order__shipped", received.Name);
        Assert.Equal(("", "", 0L), (received.Model, received.Key, received.Sequence));
    }

    [Fact]
    public void A_message_id_that_is_no_UUID_gives_the_same_id_each_time()
    {
        var first = ReceivedEvents.ReadForeign(Messages.Foreign("ch_1"), "shop").Id;

        Assert.Equal(first, ReceivedEvents.ReadForeign(Messages.Foreign("ch_1"), "shop").Id);
        Assert.NotEqual(first, ReceivedEvents.ReadForeign(Messages.Foreign("ch_2"), "shop").Id);
        Assert.NotEqual(first, ReceivedEvents.ReadForeign(Messages.Foreign("ch_1"), "crm").Id);
    }

    [Fact]
    public void Without_a_message_id_there_is_no_telling_duplicates_apart()
    {
        var mistake = Assert.Throws<InvalidOperationException>(
            () => ReceivedEvents.ReadForeign(Messages.Foreign(null), "shop"));

        Assert.StartsWith("The message 'order__shipped' has no message id", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_read_from_bytes_and_from_nothing_but_text()
    {
        Assert.Equal("Zoë", Messages.With("x", Encoding.UTF8.GetBytes("Zoë")).Text("x"));
        Assert.Equal("Zoë", Messages.With("x", "Zoë").Text("x"));
        Assert.Null(Messages.With("x", 1).Text("x"));
        Assert.Null(Messages.With("x", null).Text("x"));
    }

    private static string MistakeIn(ReceivedMessage message) =>
        ReceivedEvents.TryRead(message, out _, out var mistake) ? "" : mistake;
}
