using ModelEvents.Consuming;

namespace ModelEvents.Tests.Consuming;

public sealed class SubjectTests
{
    [Theory]
    [InlineData("order__*")]
    [InlineData("order.#")]
    [InlineData("*")]
    public void A_pattern_is_refused_as_it_would_never_match(string name)
    {
        var mistake = Assert.Throws<ArgumentException>(() => Subject.Of("shop", name));

        Assert.Equal(
            $"The event name '{name}' is a pattern, but a name is a single word to RabbitMQ, inside of which nothing can be "
            + "left open. Give the names in full, or '#' alone for all events of the service.",
            mistake.Message);
    }

    [Fact]
    public void A_name_must_be_one_that_AMQP_can_carry()
    {
        Assert.Throws<ArgumentException>(() => Subject.Of("shop", " "));
        Assert.StartsWith(
            "The event name 'xxx",
            Assert.Throws<ArgumentException>(() => Subject.Of("shop", new string('x', 256))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The event name 'order__on%0Ahold' has a control character",
            Assert.Throws<ArgumentException>(() => Subject.Of("shop", "order__on\nhold")).Message,
            StringComparison.Ordinal);
        Assert.Equal("#", Subject.Of("shop", "#").Name);
    }

    [Fact]
    public void The_service_of_a_foreign_message_is_that_of_its_exchange()
    {
        var message = Messages.Foreign("1") with { Exchange = "crm.events" };

        Assert.Equal(new Subject("crm", "order__shipped"), Subject.Of(message, "shop"));
        Assert.Equal("'order__shipped' of 'crm'", $"{Subject.Of(message, "shop")}");
        Assert.Equal(new Subject("shop", "order__shipped"), Subject.Of(message with { Exchange = null }, "shop"));
    }

    [Theory]
    [InlineData("shop.events", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("another", false)]
    public void What_does_not_say_whose_it_is_is_not_ignored_with_all_of_a_service(string? exchange, bool isUnwanted)
    {
        var subscriptions = new Subscriptions("shop");
        subscriptions.Ignore(new Subject("shop", Subject.Everything));

        var unwanted = subscriptions.UnwantedOf(Messages.Foreign("1") with { Exchange = exchange });

        Assert.Equal(isUnwanted ? new Subject("shop", "order__shipped") : default(Subject?), unwanted);
    }

    [Theory]
    [InlineData("order__paid", "#", "'order__paid' is ignored on the queue 'billing', where '#' subscribes to all events of 'shop'. "
        + "Remove one of the two.")]
    [InlineData("#", "#", "'#' is both subscribed to and ignored on the queue 'billing'. Remove one of the two.")]
    [InlineData("#", "order__paid", null)]
    public void What_is_subscribed_to_with_all_others_cannot_be_ignored(string ignored, string wanted, string? mistake)
    {
        var subscriptions = new Subscriptions("shop");
        subscriptions.Add(new Subject("shop", wanted), typeof(string));
        subscriptions.Ignore(new Subject("shop", ignored));

        Assert.Equal(mistake, Record.Exception(() => subscriptions.ThrowIfContradictory("billing"))?.Message);
    }

    [Theory]
    [InlineData(-62135596800001, false)]
    [InlineData(-62135596800000, true)]
    [InlineData(253402300799999, true)]
    [InlineData(253402300800000, false)]
    [InlineData(long.MinValue, false)]
    public void A_time_that_there_is_not_is_none(long number, bool isTime) =>
        Assert.Equal(isTime, ReceivedMessage.TimeOf(number) is not null);
}
