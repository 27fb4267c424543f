using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Testing.Bakery;

/// <summary>The bakery as tests start it, with events recorded.</summary>
/// <param name="requestsInFlowOfTest">Whether a request runs in the flow of the test that sends it.</param>
public sealed class BakeryHost(bool requestsInFlowOfTest = true) : WebApplicationFactory<BakeryContext>
{
    public Oven Oven => Services.GetRequiredService<Oven>();

    private IEnumerable<RecordedEvent> Recorded => Services.GetRequiredService<ModelEventRecorder>().Events;

    /// <inheritdoc cref="BakeryContext.BakeAsync"/>
    public async Task BakeAsync(string key)
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<BakeryContext>().BakeAsync(key);
    }

    /// <inheritdoc cref="BakeryContext.BakeAsync"/>
    public void Bake(string key)
    {
        using var scope = Services.CreateScope();
        scope.ServiceProvider.GetRequiredService<BakeryContext>().Bake(key);
    }

    /// <summary>Saves what <paramref name="change"/> does to a context.</summary>
    public async Task SaveAsync(Action<BakeryContext> change)
    {
        await using var scope = Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BakeryContext>();
        change(context);
        await context.SaveChangesAsync();
    }

    /// <summary>Saves one of each model in a request.</summary>
    public async Task RequestAsync(string key)
    {
        using var client = CreateClient();
        using var response = await client.PostAsync(new Uri($"/bake?key={Uri.EscapeDataString(key)}", UriKind.Relative), null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The names of the events of what was saved under this key.</summary>
    public IReadOnlyList<string> EventsOf(string key) =>
        [.. Recorded.Where(recorded => recorded.Key == key).Select(recorded => recorded.Name).Order(StringComparer.Ordinal)];

    /// <summary>The same, with the place, of what was saved under <c>batch, place</c>.</summary>
    public IReadOnlyList<string> EventsIn(string batch) =>
    [
        .. Recorded
            .Where(recorded => recorded.Key.StartsWith($"{batch}, ", StringComparison.Ordinal))
            .Select(recorded => $"{recorded.Key[(batch.Length + 2)..]}: {recorded.Name}")
            .Order(StringComparer.Ordinal),
    ];

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseContentRoot(AppContext.BaseDirectory);
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(services =>
        {
            services.AddModelEventRecorder();
            services.Configure<TestServerOptions>(options => options.PreserveExecutionContext = requestsInFlowOfTest);
        });
    }
}
