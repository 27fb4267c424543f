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
        var own = new Uri((await ScriptServices.StartAsync())["MODELEVENTS_TEST_RABBITMQ"]);
        Assert.True(
            own.Authority == TestServices.RabbitMq.Authority,
            $"Outage tests stop the broker of config/services at '{own.Authority}', but the tests use "
            + $"'{TestServices.RabbitMq.Authority}'. Unset MODELEVENTS_TEST_RABBITMQ to run them.");
        await ScriptServices.RunAsync("stop-rabbitmq");
    }

    /// <summary>Starts the broker on the same port and waits until it answers.</summary>
    public static Task StartBrokerAsync() => ScriptServices.RunAsync("start-rabbitmq");
}
