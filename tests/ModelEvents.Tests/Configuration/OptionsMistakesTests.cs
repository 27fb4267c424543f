using ModelEvents.Configuration;

namespace ModelEvents.Tests.Configuration;

public sealed class OptionsMistakesTests
{
    [Fact]
    public void The_defaults_lack_nothing_but_the_service_name()
    {
        Assert.Equal(
            ["'ModelEvents:ServiceName' is empty. Set it to the name of this service, such as 'shop'."],
            OptionsMistakes.Of(new ModelEventsOptions()));
    }

    [Theory]
    [InlineData("amqp://")]
    [InlineData("localhost:5672")]
    [InlineData("")]
    public void A_broker_address_without_a_host_is_told(string uri)
    {
        Assert.Equal(
            ["'ModelEvents:Broker:Uri' is not an address with a host. Write it like 'amqp://user:password@host:5672/'."],
            MistakesOf(options => options.Broker.Uri = uri));
    }

    [Fact]
    public void A_broker_address_of_another_scheme_is_told()
    {
        Assert.Equal(
            ["'ModelEvents:Broker:Uri' begins with 'rabbitmq'. Begin it with 'amqp' or 'amqps'."],
            MistakesOf(options => options.Broker.Uri = "rabbitmq://localhost"));
    }

    [Theory]
    [InlineData("amqp://shop:s3:cret@rabbit/", ':', "%3A")]
    [InlineData("amqp://shop:1#cret@rabbit/", '#', "%23")]
    [InlineData("amqp://shop:1?cret@rabbit/", '?', "%3F")]
    [InlineData("amqp://shop:1/cret@rabbit", '@', "%40")]
    [InlineData("amqp://shop:secret@rabbit/a/b", '/', "%2F")]
    public void A_sign_that_must_be_escaped_in_a_broker_address_is_told_and_no_password(string uri, char sign, string code)
    {
        Assert.Equal(
            [
                $"'ModelEvents:Broker:Uri' has a '{sign}' in its user, password or virtual host, where it ends them. "
                + $"Write it as '{code}' there.",
            ],
            MistakesOf(options => options.Broker.Uri = uri));
    }

    [Theory]
    [InlineData("amqp://shop:s3%3Acret@rabbit:5672/%2Fshop")]
    [InlineData("amqp://shop@rabbit/shop?heartbeat=5")]
    [InlineData("amqps://rabbit/")]
    public void A_broker_address_with_its_signs_escaped_is_right(string uri)
    {
        Assert.Empty(MistakesOf(options => options.Broker.Uri = uri));
    }

    [Fact]
    public void A_service_name_that_is_too_long_for_an_exchange_is_told()
    {
        Assert.Empty(MistakesOf(options => options.ServiceName = new string('s', 248)));
        Assert.Single(MistakesOf(options => options.ServiceName = new string('s', 249)));
    }

    [Theory]
    [InlineData("my shop", ' ')]
    [InlineData("shop/orders", '/')]
    [InlineData("läden", 'ä')]
    public void A_service_name_that_an_exchange_cannot_have_is_told(string service, char wrong)
    {
        Assert.Equal(
            [
                $"'ModelEvents:ServiceName' is '{service}', where '{wrong}' cannot be in the name of its exchange. "
                + "Write it with the letters A to Z, digits, '-', '_', '.' and ':' only.",
            ],
            MistakesOf(options => options.ServiceName = service));
    }

    [Fact]
    public void A_service_name_may_have_letters_digits_and_four_signs()
    {
        Assert.Empty(MistakesOf(options => options.ServiceName = "Shop-2_eu.west:a"));
    }

    [Fact]
    public void The_memory_of_direct_delivery_has_bounds()
    {
        Assert.Equal(
            [
                "'ModelEvents:Direct:MaxEvents' is '0', out of its range. Set it to '1' or more, and at most '100000000'.",
                "'ModelEvents:Direct:MaxMegabytes' is '1000001', out of its range. Set it to '1' or more, and at most '1000000'.",
            ],
            MistakesOf(options => (options.Direct.MaxEvents, options.Direct.MaxMegabytes) = (0, 1_000_001)));
    }

    [Fact]
    public void Every_value_of_the_dispatcher_has_a_range()
    {
        var mistakes = MistakesOf(options =>
        {
            options.Dispatcher.Workers = 17;
            options.Dispatcher.BatchSize = 0;
            options.Dispatcher.MaxAttempts = 1001;
            options.Dispatcher.PollInterval = TimeSpan.FromMinutes(6);
            options.Dispatcher.RetryDelay = TimeSpan.FromHours(2);
            options.Dispatcher.MaxOutageDelay = TimeSpan.Zero;
            options.Dispatcher.DrainTimeout = TimeSpan.FromSeconds(-1);
        });

        Assert.Equal(
            [
                "'ModelEvents:Dispatcher:Workers' is '17', out of its range. Set it to '1' or more, and at most '16'.",
                "'ModelEvents:Dispatcher:BatchSize' is '0', out of its range. Set it to '1' or more, and at most '10000'.",
                "'ModelEvents:Dispatcher:MaxAttempts' is '1001', out of its range. Set it to '1' or more, and at most '1000'.",
                "'ModelEvents:Dispatcher:PollInterval' is '00:06:00', out of its range. "
                + "Set it to '00:00:00.1000000' or more, and at most '00:05:00'.",
                "'ModelEvents:Dispatcher:RetryDelay' is '02:00:00', out of its range. "
                + "Set it to '00:00:00.0100000' or more, and at most '01:00:00'.",
                "'ModelEvents:Dispatcher:MaxRetryDelay' is '00:01:00', out of its range. Set it to '02:00:00' or more.",
                "'ModelEvents:Dispatcher:MaxOutageDelay' is '00:00:00', out of its range. "
                + "Set it to '00:00:00.0100000' or more, and at most '01:00:00'.",
                "'ModelEvents:Dispatcher:DrainTimeout' is '-00:00:01', out of its range. "
                + "Set it to '00:00:00' or more, and at most '01:00:00'.",
            ],
            mistakes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Shop")]
    [InlineData("shop-events")]
    [InlineData("abcdefghijklmnopqrstu")]
    public void A_slot_whose_name_PostgreSQL_would_refuse_is_told(string slot)
    {
        Assert.Equal(
            [
                $"'ModelEvents:Wal:Slot' is '{slot}', which the name of a slot cannot begin with. "
                + "Write it with lower-case letters A to Z, digits and '_', at most 20 of them.",
            ],
            MistakesOf(options => options.Wal.Slot = slot));
    }

    [Fact]
    public void A_limit_of_retained_log_that_is_always_reached_is_told()
    {
        Assert.Equal(
            ["'ModelEvents:Wal:MaxRetainedMegabytes' is '0', out of its range. Set it to '1' or more."],
            MistakesOf(options => options.Wal.MaxRetainedMegabytes = 0));
    }

    private static IEnumerable<string> MistakesOf(Action<ModelEventsOptions> configure)
    {
        var options = new ModelEventsOptions { ServiceName = "shop" };
        configure(options);
        return OptionsMistakes.Of(options);
    }
}
