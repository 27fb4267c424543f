using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Rules;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Rules;

/// <summary>What rules raise, as it comes out of the broker.</summary>
public sealed class RuleBrokerTests(PostgreSqlDesks desks) : IClassFixture<PostgreSqlDesks>
{
    /// <summary>As long as an event's name can be: 255 bytes.</summary>
    private static readonly string Long = new('ß', 123);

    private readonly string _service = $"desk-{Guid.CreateVersion7():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_of_any_name_reach_the_queues_that_are_bound_to_it()
    {
        var desk = await desks.CreateAsync(register: services =>
        {
            services.AddModelEvents(options =>
            {
                options.ServiceName = _service;
                options.Broker.Uri = TestServices.RabbitMq.ToString();
                options.Dispatcher.Enabled = true;
            }).PublishToRabbitMq();
        });
        string[] names = ["big order", "größe 📦", "#", "a*b", "two.words", Long];
        foreach (var name in names)
            await desk.Rules.CreateAsync(TriggerRuleTypes.Change, name, """{ "model": "Ticket" }""", cancellationToken: Cancellation);
        await using var all = await RabbitQueue.BindAsync($"{_service}.events", "#");
        await using var hash = await RabbitQueue.BindAsync($"{_service}.events", "trigger__#");
        await using var one = await RabbitQueue.BindAsync($"{_service}.events", "*");
        await using var two = await RabbitQueue.BindAsync($"{_service}.events", "trigger__two.*");

        await desk.SaveAsync(new Ticket());
        foreach (var hosted in desk.Services.GetServices<IHostedService>())
            await hosted.StartAsync(Cancellation);

        Assert.Equal(
            ["ticket__created", .. names.Select(name => $"trigger__{name}")],
            (await all.WaitForAsync(names.Length + 1)).Select(delivery => delivery.RoutingKey));
        Assert.Equal(["trigger__#"], (await hash.SoFarAsync()).Select(delivery => delivery.RoutingKey));
        Assert.Equal(["trigger__two.words"], (await two.SoFarAsync()).Select(delivery => delivery.RoutingKey));
        Assert.DoesNotContain("trigger__two.words", (await one.SoFarAsync()).Select(delivery => delivery.RoutingKey));
        foreach (var hosted in desk.Services.GetServices<IHostedService>())
            await hosted.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_name_that_is_too_long_for_the_broker_is_refused()
    {
        var desk = await desks.CreateAsync();

        var refused = await Assert.ThrowsAsync<InvalidTriggerRuleException>(
            () => desk.Rules.CreateAsync(TriggerRuleTypes.Manual, Long + "x", "{}", cancellationToken: Cancellation));

        Assert.EndsWith("has more than the 255 bytes that AMQP allows. Shorten the name.", refused.Message, StringComparison.Ordinal);
    }
}
