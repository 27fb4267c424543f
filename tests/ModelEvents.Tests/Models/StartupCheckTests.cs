using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents.Dispatching;
using ModelEvents.Models;
using ModelEvents.Publishing;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;
using Shop;

namespace ModelEvents.Tests.Models;

public sealed class StartupCheckTests
{
    [Fact]
    public async Task A_valid_program_starts()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddModelEvents(options => options.Model<Order>().ServiceName = "shop");
        builder.Services.AddSingleton<IModelSource>(new ShopModels(typeof(Order)));
        builder.Services.AddSingleton<IEventPublisher>(new FakePublisher(TimeProvider.System));
        using var host = builder.Build();

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Shop.Order", Assert.Single(host.Services.GetRequiredService<ModelListProvider>().Current.Models).Name);
    }

    /// <summary>As in a host of the environment <c>Development</c>, which makes sure that everything could be made.</summary>
    [Fact]
    public void A_program_that_does_not_dispatch_needs_no_publisher()
    {
        var services = new ServiceCollection();
        services.AddModelEvents(options => options.Model<Order>().ServiceName = "shop")
            .Services.Configure<ModelEventsOptions>(options => options.Dispatcher.Enabled = false)
            .AddSingleton<IModelSource>(new ShopModels(typeof(Order)));

        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });

        Assert.Contains(provider.GetServices<IHostedService>(), service => service is StartupCheck);
    }

    [Fact]
    public void The_check_is_made_before_all_hosted_services()
    {
        var services = new ServiceCollection();
        services.AddHostedService<Earlier>();

        services.AddModelEvents(options => options.ServiceName = "shop");
        services.AddModelEvents(options => options.ServiceName = "shop");

        Assert.Equal(
            [typeof(StartupCheck), typeof(LateEvents), typeof(Earlier)],
            services.Where(service => service.ServiceType == typeof(IHostedService))
                .Select(service => service.ImplementationType).Take(3));
        Assert.Single(services, service => service.ImplementationType == typeof(StartupCheck));
    }

    [Fact]
    public async Task A_start_fails_once_with_all_mistakes()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddModelEvents(new TestConfiguration(
            """
            {
              "ModelEvents": {
                "ServiceNam": "shop",
                "Delivery": "Post",
                "Broker": { "Uri": "http://localhost" },
                "Dispatcher": { "Workers": 99 },
                "Models": [ { "Model": "Ordr" }, { "Model": "Customer", "StatusField": "State" } ]
              }
            }
            """).Root);
        builder.Services.AddSingleton<IModelSource>(new ShopModels(typeof(Order), typeof(Customer)));
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            [
                "'ModelEvents:Delivery' is 'Post', which is not allowed. Write 'Outbox', 'Direct' or 'Wal'.",
                "'ModelEvents:ServiceNam' is not a known key. Did you mean 'ServiceName'?",
                "'ModelEvents:ServiceName' is empty. Set it to the name of this service, such as 'shop'.",
                "'ModelEvents:Broker:Uri' begins with 'http'. Begin it with 'amqp' or 'amqps'.",
                "'ModelEvents:Dispatcher:Workers' is '99', out of its range. Set it to '1' or more, and at most '16'.",
                "The model 'Ordr' (ModelEvents:Models:0) is not mapped by 'ShopContext'. Did you mean 'Shop.Order'?",
                "The StatusField 'State' of model 'Shop.Customer' is no mapped property of it. "
                + "Its properties are 'FullName' and 'Id'.",
                "No publisher is registered: events could not leave this process. Add '.PublishWithMassTransit()' to "
                + "'AddModelEvents', or switch 'Dispatcher:Enabled' off where another process publishes.",
            ],
            exception.Failures);
    }

    /// <summary>As where health checks are mapped.</summary>
    [Fact]
    public async Task A_wrong_address_of_the_broker_is_told_by_the_start_also_where_the_bus_was_asked_for_before()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = "shop";
                options.Broker.Uri = "localhost:5672";
                options.Model<Order>();
            })
            .PublishWithMassTransit();
        builder.Services.AddSingleton<IModelSource>(new ShopModels(typeof(Order)));
        builder.Services.AddHealthChecks().AddModelEvents();
        using var host = builder.Build();
        Assert.NotNull(host.Services.GetRequiredService<HealthCheckService>());

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            ["'ModelEvents:Broker:Uri' is not an address with a host. Write it like 'amqp://user:password@host:5672/'."],
            exception.Failures);
    }

    [Fact]
    public async Task A_start_without_a_captured_context_fails()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddModelEvents(options =>
        {
            options.ServiceName = "shop";
            options.Dispatcher.Enabled = false;
            options.Model<Order>();
        });
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            ["No DbContext is captured: 'AddModelEvents' was not told of any. Add '.Capture<YourContext>()' to it."],
            exception.Failures);
    }

    private sealed class Earlier : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
