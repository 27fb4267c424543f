namespace ModelEvents.Tests.Infrastructure;

/// <summary>
/// Takes the broker away and brings it back. Tests that do so join this collection, which runs alone:
/// <c>[Collection(nameof(BrokerOutage))]</c>.
/// </summary>
[CollectionDefinition(nameof(BrokerOutage), DisableParallelization = true)]
public sealed class BrokerOutage
{
    /// <summary>Stops the broker; every connection to it breaks.</summary>
    public static async Task StopBrokerAsync()
    {
        await CheckBrokerAsync();
        await ScriptServices.RunAsync("stop-rabbitmq");
    }

    /// <summary>Starts the broker on the same port and waits until it answers.</summary>
    public static Task StartBrokerAsync() => ScriptServices.RunAsync("start-rabbitmq");

    /// <summary>Raises a memory alarm: the broker reads no more from connections that publish, and keeps them open.</summary>
    public static async Task BlockPublishersAsync()
    {
        await CheckBrokerAsync();
        await ScriptServices.RunAsync("block-rabbitmq");
    }

    /// <summary>Ends the memory alarm.</summary>
    public static Task UnblockPublishersAsync() => ScriptServices.RunAsync("unblock-rabbitmq");

    private static async Task CheckBrokerAsync()
    {
        var own = new Uri((await ScriptServices.StartAsync())["MODELEVENTS_TEST_RABBITMQ"]);
        Assert.True(
            own.Authority == TestServices.RabbitMq.Authority,
            $"Outage tests stop the broker of config/services at '{own.Authority}', but the tests use "
            + $"'{TestServices.RabbitMq.Authority}'. Unset MODELEVENTS_TEST_RABBITMQ to run them.");
    }
}
