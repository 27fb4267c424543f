using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ModelEvents.Faults.Lines;

/// <summary>A program with ModelEvents as a line registers it.</summary>
internal static class LineHost
{
    public static HostApplicationBuilder Create(LineSettings settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Logging.SetMinimumLevel(settings.ClockFile is null ? LogLevel.Warning : LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        builder.Logging.AddFilter("Npgsql", LogLevel.None);
        if (settings.ClockFile is { } clock)
            builder.Services.AddSingleton<TimeProvider>(new WorkerClock(clock));
        builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(settings.Database));

        var events = builder.Services.AddModelEvents(options => Configure(options, settings)).Capture<ParcelContext>();
        _ = settings.Mode switch
        {
            "packs" => events.UsePostgreSql(),
            "wal" or "log" => events.UsePostgreSqlWal(),
            _ => events,
        };
        if (settings.Publisher == "rabbitmq")
            events.PublishToRabbitMq();
        else
            events.PublishWithMassTransit();
        return builder;
    }

    private static void Configure(ModelEventsOptions options, LineSettings settings)
    {
        options.ServiceName = settings.Line;
        options.Broker.Uri = settings.Broker;
        options.Delivery = settings.Mode is "wal" or "log" ? DeliveryMode.Wal : DeliveryMode.Outbox;
        options.Capture = settings.Mode == "log" ? CaptureSource.Log : CaptureSource.Tracker;

        // Queues are full for longer than an event is tried by default, and nobody retries what is parked.
        options.Dispatcher.MaxAttempts = 1000;
        options.Dispatcher.MaxRetryDelay = TimeSpan.FromSeconds(5);
        options.Model<Parcel>();
        options.Model<Shipment>(model => model.StatusField(shipment => shipment.Status));
    }
}
