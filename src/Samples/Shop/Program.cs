using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents;
using Shop;
using Shop.Run;

var database = new Option<string?>("--database") { Description = "Npgsql connection string. Default: in memory." };
var rabbitMq = new Option<string?>("--rabbitmq") { Description = "The broker, as amqp://user:password@host:port/." };
var orders = new Option<int?>("--orders")
{
    Description = "How many orders to sell. Default: 5, or 0 with --publish-only.",
};
var publishOnly = new Option<bool>("--publish-only") { Description = "Consume nothing; end when the outbox is empty." };
var http = new Option<int?>("--http")
{
    Description = "Stay until stopped, and serve /asyncapi.json at this port of this machine; 0 takes a free one.",
};
var capture = new Option<CaptureSource>("--capture")
{
    Description = "Where changes are seen: by saves (tracker, the default), or in PostgreSQL's log, whoever writes (log).",
};

var command = new RootCommand("A shop whose committed changes become events.")
{
    database, rabbitMq, orders, publishOnly, http, capture,
};
command.Validators.Add(result =>
{
    if (result.GetResult(database) is null != result.GetResult(rabbitMq) is null)
        result.AddError("--database and --rabbitmq belong together. Give both, or none to stay in memory.");
    if (result.GetValue(capture) == CaptureSource.Log && result.GetResult(database) is null)
        result.AddError("Memory has no log to capture from. Give --database and --rabbitmq with --capture log.");
});
command.SetAction((result, cancellationToken) => RunAsync(
    new Arguments(
        result.GetValue(database),
        result.GetValue(rabbitMq),
        result.GetValue(orders) ?? (result.GetValue(publishOnly) ? 0 : 5),
        result.GetValue(publishOnly),
        result.GetValue(http),
        result.GetValue(capture)),
    cancellationToken));
return await command.Parse(args).InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
{
    // The settings lie beside the program, wherever it is started from.
    var builder = Host.CreateApplicationBuilder(
        new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });

    builder.Logging.SetMinimumLevel(LogLevel.Warning);

    if (arguments is { Database: { } connectionString, RabbitMq: { } broker })
    {
        builder.Configuration["ModelEvents:Broker:Uri"] = broker;
        builder.Services.AddShopQueue(broker, declareOnly: arguments.PublishOnly);
        if (arguments.Capture == CaptureSource.Log)
            builder.AddShopFromLog(connectionString);
        else
            builder.AddShop(connectionString);
    }
    else
    {
        builder.Services.AddEmbeddedShopQueue();
        builder.AddEmbeddedShop();
    }

    builder.Services.AddModelReceivers(typeof(LoyaltyPoints).Assembly);
    builder.Services.AddModelEvents(builder.Configuration).AddEventHandler<ShippingNotes>();
    builder.Services.TryAddSingleton(TimeProvider.System);
    builder.Services.AddSingleton<Ledger>().AddSingleton<PublishedEvents>().AddSingleton<Counter>();
    builder.Services.AddSingleton<Workload>().AddSingleton<Delivery>();
    builder.Services.AddHostedService<ProgressReport>();
    if (arguments.HttpPort is { } port)
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<AsyncApiServer>(services, port));

    using var host = builder.Build();
    return await new ShopRun(host, arguments).RunAsync(cancellationToken);
}
