using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shop.Billing;

var database = new Option<string>("--database") { Description = "Npgsql connection string.", Required = true };
var rabbitMq = new Option<string>("--rabbitmq")
{
    Description = "The broker, as amqp://user:password@host:port/.",
    Required = true,
};
var failFirst = new Option<int>("--fail-first") { Description = "How many tries of each event fail. Default: 0." };

var command = new RootCommand("Keeps the bills of the shop's orders by its events, until it is stopped.")
{
    database, rabbitMq, failFirst,
};
command.SetAction((result, cancellationToken) => RunAsync(
    result.GetRequiredValue(database),
    result.GetRequiredValue(rabbitMq),
    result.GetValue(failFirst),
    cancellationToken));
return await command.Parse(args).InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

static async Task RunAsync(string database, string rabbitMq, int failFirst, CancellationToken cancellationToken)
{
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    // It warns of each retry with a stack trace; here the bank says the same in one line.
    builder.Logging.AddFilter("MassTransit.ReceiveTransport", LogLevel.Error);
    builder.Services.AddSingleton(new Bank(failFirst));
    builder.Services.AddBilling(database, rabbitMq);

    using var host = builder.Build();
    await using (var scope = host.Services.CreateAsyncScope())
    {
        // A service of yours uses migrations instead.
        var billing = scope.ServiceProvider.GetRequiredService<BillingContext>();
        await billing.Database.EnsureCreatedAsync(cancellationToken);
    }

    Console.WriteLine("Waiting for the shop's events. Ctrl-C ends it.");
    await host.RunAsync(cancellationToken);
}
