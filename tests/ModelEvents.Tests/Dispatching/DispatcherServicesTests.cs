using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.Dispatching;

namespace ModelEvents.Tests.Dispatching;

public class DispatcherServicesTests
{
    [Fact]
    public void Adding_the_dispatcher_again_moves_it_behind_what_it_must_stop_before()
    {
        var services = new ServiceCollection().AddDispatcher();
        services.AddHostedService<Bus>();
        var registrations = services.Count;

        services.AddDispatcher();

        Assert.Equal(registrations, services.Count);
        Assert.Equal(
            [typeof(Bus), typeof(DispatcherService)],
            services.Where(service => service.ServiceType == typeof(IHostedService)).Select(service => service.ImplementationType));
    }

    private sealed class Bus : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
