using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents;
using ModelEvents.TestWorker;

// A process that dispatches until it is stopped or killed.
// Arguments: an Npgsql connection string, an AMQP URI, the service name, and how events are delivered.
var builder = Host.CreateApplicationBuilder();
builder.Services
    .AddModelEvents(options =>
    {
        options.ServiceName = args[2];
        options.Broker.Uri = args[1];
        options.Delivery = Enum.Parse<DeliveryMode>(args[3]);
        options.Model<Parcel>();
    })
    .Capture<ParcelContext>()
    .UsePostgreSqlWal()
    .PublishWithMassTransit();
builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(args[0]));

await builder.Build().RunAsync();
