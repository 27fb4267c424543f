using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents;
using ModelEvents.TestWorker;

// A process that dispatches until it is stopped or killed.
// Arguments: an Npgsql connection string, an AMQP URI, the service name, how events are delivered, by which publisher, and
// what captures, what a handler does, whether the outbox is the portable one, and the poll interval. What capture from the log
// needs is set up before.
var builder = Host.CreateApplicationBuilder();
var events = builder.Services
    .AddModelEvents(options =>
    {
        options.ServiceName = args[2];
        options.Broker.Uri = args[1];
        options.Delivery = Enum.Parse<DeliveryMode>(args[3]);
        options.Capture = Enum.Parse<CaptureSource>(args[5]);
        options.Dispatcher.BatchSize = WorkerSettings.BatchSize;
        options.Dispatcher.PollInterval = TimeSpan.Parse(args[8], CultureInfo.InvariantCulture);
        options.Model<Parcel>();
    })
    .Capture<ParcelContext>();
if (!bool.Parse(args[7]))
    events.UsePostgreSqlWal();
if (Enum.Parse<WorkerPublisher>(args[4]) is WorkerPublisher.RabbitMq)
    events.PublishToRabbitMq();
else
    events.PublishWithMassTransit();

var handler = Enum.Parse<WorkerHandler>(args[6]);
if (handler is not WorkerHandler.None)
{
    builder.Services.AddSingleton(new WorkerHandling(handler));
    events.AddEventHandler<ParcelHandler>();
}

builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(args[0]));

await builder.Build().RunAsync();
