using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents.Models;
using ModelEvents.Publishing;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Models;
using Shop;

namespace ModelEvents.Tests.Publishing;

public sealed class PublisherRegistrationTests
{
    [Fact]
    public void Two_publishers_are_told_at_start_up_with_both_calls()
    {
        var mistakes = MistakesOf(builder => builder.PublishToRabbitMq().PublishWithMassTransit());

        Assert.Contains(
            "Several publishers are registered, by 'PublishToRabbitMq' and by 'PublishWithMassTransit': each event leaves "
            + "through one of them alone. Keep one call.",
            mistakes);
    }

    [Fact]
    public void A_publisher_of_the_applications_own_that_was_there_before_is_told_too()
    {
        var mistakes = MistakesOf(builder =>
        {
            builder.Services.AddSingleton<IEventPublisher>(new FakePublisher(TimeProvider.System));
            builder.PublishToRabbitMq();
        });

        Assert.Contains(mistakes, mistake => mistake.Contains(
            "by 'FakePublisher' and by 'PublishToRabbitMq'", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_is_asked_for_twice_is_one() =>
        Assert.DoesNotContain(
            MistakesOf(builder => builder.PublishToRabbitMq().PublishToRabbitMq()),
            mistake => mistake.Contains("publisher", StringComparison.Ordinal));

    /// <summary>One mistake more makes sure that there is a failure to look at.</summary>
    private static IEnumerable<string> MistakesOf(Action<ModelEventsBuilder> publish)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IModelSource>(new ShopModels(typeof(Order)));
        publish(builder.Services.AddModelEvents(options => options.Model<Order>().ServiceName = ""));
        using var host = builder.Build();
        return Assert.Throws<OptionsValidationException>(() => host.Services.GetServices<IHostedService>().ToArray()).Failures;
    }
}
