using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Publishing;

/// <summary>Saves whose events wait in memory, made while a program ends.</summary>
public sealed class LateSaveTests
{
    private const int LeftInMemory = 1114;
    private const int SavedTooLate = 1203;

    private readonly string _service = $"parcels-{Guid.CreateVersion7():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PublishToRabbitMq")]
    [InlineData("PublishWithMassTransit")]
    [InlineData("PublishWithMassTransit<IBus>")]
    public async Task What_hosted_services_save_while_they_stop_is_published_whatever_their_order(string publisher)
    {
        await using var queue = await RabbitQueue.BindAsync($"{_service}.events");
        var log = new RecordedLog();
        using var host = Build(publisher, log, TestServices.RabbitMq);

        await host.StartAsync(Cancellation);
        await host.StopAsync(Cancellation);

        var steps = (await queue.WaitForAsync(4)).Select(one => one.Header("modelevents-key"));
        Assert.Equal(["1", "2", "3", "4"], steps.Order());
        Assert.Empty(log.Lines(LeftInMemory));
    }

    [Theory]
    [InlineData("PublishToRabbitMq")]
    [InlineData("PublishWithMassTransit")]
    [InlineData("PublishWithMassTransit<IBus>")]
    public async Task What_cannot_be_published_any_more_is_told_with_its_count(string publisher)
    {
        var log = new RecordedLog();
        using var host = Build(publisher, log, new Uri("amqp://guest:guest@localhost:1/"));

        await host.StartAsync(Cancellation);
        await host.StopAsync(Cancellation);
        await SaveAsync(host.Services, 9);

        Assert.Contains("'4' events", Assert.Single(log.Lines(LeftInMemory)), StringComparison.Ordinal);
        Assert.Contains("'1' events", Assert.Single(log.Lines(SavedTooLate)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_saved_after_the_last_look_is_told_and_all_of_it_counted_at_the_end()
    {
        var log = new RecordedLog();
        using (var host = Build("PublishToRabbitMq", log, TestServices.RabbitMq))
        {
            await host.StartAsync(Cancellation);
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(() => Save(host.Services, 9));
            await host.StopAsync(Cancellation);
            for (var id = 10; id < 15; id++)
                await SaveAsync(host.Services, id);
        }

        var counts = log.Lines(SavedTooLate).Select(line => line[..line.IndexOf(" events", StringComparison.Ordinal)]);
        Assert.Equal(["'1'", "'2'", "'4'", "'6'"], counts);
    }

    private Microsoft.Extensions.Hosting.IHost Build(string publisher, RecordedLog log, Uri broker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton<IHostedService>(services => new SaverAtStop(services, 1));
        builder.Services.AddSingleton<IHostedService>(services => new SaverWhenStopped(services, 2));
        if (publisher == "PublishWithMassTransit<IBus>")
            builder.Services.AddMassTransit(bus => bus.UsingRabbitMq((_, rabbitMq) => rabbitMq.Host(broker)));
        var events = builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = _service;
                options.Broker.Uri = broker.ToString();
                options.Delivery = DeliveryMode.Direct;
                options.Dispatcher.DrainTimeout = TimeSpan.FromSeconds(2);
                options.Model<Parcel>();
            })
            .Capture<ParcelContext>();
        _ = publisher switch
        {
            "PublishToRabbitMq" => events.PublishToRabbitMq(),
            "PublishWithMassTransit" => events.PublishWithMassTransit(),
            _ => events.PublishWithMassTransit<IBus>(),
        };
        builder.Services.AddSingleton<IHostedService>(services => new SaverAtStop(services, 3));
        builder.Services.AddSingleton<IHostedService>(services => new SaverWhenStopped(services, 4));
        builder.Services.AddDbContext<ParcelContext>(options => options.UseInMemoryDatabase(_service).AmongMany());
        return builder.Build();
    }

    private static async Task SaveAsync(IServiceProvider services, long id)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        context.Add(new Parcel { Id = id });
        await context.SaveChangesAsync(Cancellation);
    }

    private static void Save(IServiceProvider services, long id)
    {
        using var scope = services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        context.Add(new Parcel { Id = id });
        context.SaveChanges();
    }

    private sealed class SaverAtStop(IServiceProvider services, long id) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => SaveAsync(services, id);
    }

    private sealed class SaverWhenStopped(IServiceProvider services, long id) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => SaveAsync(services, id);
    }
}
