using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelEvents.ToolApp;

// A service whose migrations and compiled models the real tools make. With 'save' it does not start, and saves with each
// context.
var builder = Host.CreateApplicationBuilder(args);
var postgres = builder.Configuration["TOOLAPP_POSTGRES"] ?? "Host=nowhere.invalid";
var sqlite = builder.Configuration["TOOLAPP_SQLITE"] ?? "Data Source=nowhere.invalid";

builder.Services.AddDbContext<DepotContext>(options => options.UseNpgsql(postgres));
builder.Services.AddDbContext<VanContext>(options => options.UseNpgsql(postgres));
builder.Services.AddDbContext<BoxContext>(options => options.UseSqlite(sqlite));
builder.Services.AddModelEventsInbox<DepotContext>();
var events = builder.Services.AddModelEvents(builder.Configuration).PublishToRabbitMq();
events.Capture<DepotContext>().UsePostgreSql();
events.Capture<VanContext>().UsePostgreSql();
events.Capture<BoxContext>();

using var host = builder.Build();
if (args is not ["save"])
{
    await host.RunAsync();
    return;
}

await Saving.RunAsync<DepotContext>(host.Services, "depot.model_events_outbox_packs");
await Saving.RunAsync<VanContext>(host.Services, "model_events_outbox_packs");
await Saving.RunAsync<BoxContext>(host.Services, "model_events_outbox");
