using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.TestWorker;

// A process that dispatches until it is stopped or killed.
// Arguments: an Npgsql connection string, an AMQP URI, the service name.
var builder = Host.CreateApplicationBuilder();
builder.Services
    .AddModelEvents(options =>
    {
        options.ServiceName = args[2];
        options.Broker.Uri = args[1];
        options.Model<Parcel>();
    })
    .Capture<ParcelContext>()
    .UsePostgreSql()
    .PublishWithMassTransit();
builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(args[0]));

await builder.Build().RunAsync();
