using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Models;
using ModelEvents.Publishing;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Models;
using Shop;

namespace ModelEvents.Tests.Receivers;

/// <summary>Receivers of the model list: when the host starts, and when it is reloaded.</summary>
public sealed class ModelListTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_listed_model_is_told_once_when_the_host_starts()
    {
        var onlooker = new Onlooker();
        using var host = NewHost(onlooker, new TestConfiguration(ConfiguredShop.Section(
            """[ { "Model": "Shop.Order" }, { "Model": "Customer" } ]""")));

        await host.StartAsync(Cancellation);
        await host.StopAsync(Cancellation);

        Assert.Equal(["Shop.Order", "Shop.Customer"], onlooker.Registered);
    }

    [Fact]
    public async Task A_receiver_that_throws_stops_the_start()
    {
        var onlooker = new Onlooker { Failure = new FormatException("unknown model") };
        using var host = NewHost(onlooker, new TestConfiguration(ConfiguredShop.Section("""[ { "Model": "Customer" } ]""")));

        var failure = await Assert.ThrowsAsync<FormatException>(() => host.StartAsync(Cancellation));

        Assert.Same(onlooker.Failure, failure);
    }

    [Fact]
    public async Task A_reloaded_list_is_told_with_the_one_before_and_an_unchanged_or_refused_one_is_not()
    {
        var onlooker = new Onlooker();
        var configuration = new TestConfiguration(ConfiguredShop.Section("""[ { "Model": "Customer" } ]"""));
        using var host = NewHost(onlooker, configuration);
        await host.StartAsync(Cancellation);

        configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Customer" } ]"""));
        configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Nobody" } ]"""));
        configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Shop.Order" } ]"""));
        await host.StopAsync(Cancellation);

        var (before, now) = Assert.Single(onlooker.Reloaded);
        Assert.Equal(["Shop.Customer"], before.Models.Select(model => model.Name));
        Assert.Equal(["Shop.Order"], now.Models.Select(model => model.Name));
        Assert.Same(now, host.Services.GetRequiredService<ModelListProvider>().Current);
    }

    private static IHost NewHost(Onlooker onlooker, TestConfiguration configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddModelEvents(configuration.Root);
        builder.Services.AddSingleton<IModelSource>(new ShopModels(typeof(Order), typeof(Customer)));
        builder.Services.AddSingleton<IEventPublisher>(new FakePublisher(TimeProvider.System));
        builder.Services.AddSingleton(onlooker).AddModelReceiver<Onlooker>();
        return builder.Build();
    }

    private sealed class Onlooker : IModelRegistered, IModelListReloaded
    {
        public List<string> Registered { get; } = [];

        public List<(ModelList Before, ModelList Now)> Reloaded { get; } = [];

        public Exception? Failure { get; init; }

        public Task ModelRegisteredAsync(ListedModel model, CancellationToken cancellationToken)
        {
            Registered.Add(model.Name);
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }

        public void ModelListReloaded(ModelList before, ModelList now) => Reloaded.Add((before, now));
    }
}
