using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Catalog;

namespace Shop.Run;

/// <summary>Tells over HTTP, on this machine only, which events the shop publishes.</summary>
internal sealed class AsyncApiServer(IModelEventCatalog catalog, int port) : IHostedService, IAsyncDisposable
{
    private readonly WebApplication _app = Build(catalog, port);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        Console.WriteLine($"{_app.Urls.Single()}/asyncapi.json");
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static WebApplication Build(IModelEventCatalog catalog, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));

        var app = builder.Build();
        // <asyncapi>
        app.MapGet("/asyncapi.json", () => catalog.ToAsyncApi());
        // </asyncapi>
        return app;
    }
}
