using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Testing.Bakery;

var builder = WebApplication.CreateBuilder(args);
var database = $"{Guid.CreateVersion7()}";
builder.Services.AddDbContext<BakeryContext>(options => options.UseInMemoryDatabase(database));
builder.Services.AddModelEvents(options =>
    {
        options.ServiceName = "bakery";
        options.Model<Loaf>().Model<Cake>().Model<Crumb>();
    })
    .Capture<BakeryContext>();
builder.Services.AddSingleton<Oven>().AddHostedService(provider => provider.GetRequiredService<Oven>());

var bakery = builder.Build();
bakery.MapPost("/bake", async (string key, BakeryContext context) => await context.BakeAsync(key));
bakery.Run();
