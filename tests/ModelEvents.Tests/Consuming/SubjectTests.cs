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
        Assert.Equal(new Subject("shop", "order__shipped"), Subject.Of(message with { Exchange = null }, "shop"));
    }
}
