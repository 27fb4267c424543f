using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.LogCapture;

/// <summary>The store where all changes are seen in the log, on a real server.</summary>
public sealed class LogStoreFixture : CaptureFixture
{
    protected override void UseOutbox(CaptureBuilder<StoreContext> capture) => capture.UsePostgreSqlWal();

    /// <summary>The serializer of lines follows its navigations, which a row does not have.</summary>
    private protected override void Configure(ModelEventsOptions options)
    {
        options.Capture = CaptureSource.Log;
        options.Model<OrderLine>(m => m.LoadNavigations("Order.Lines"));
    }

    private protected override CapturedStore StoreOf(IServiceProvider services) => new LogStore(services);

    private protected override Task PrepareAsync(CapturedStore store) =>
        store.Services.GetRequiredService<IModelEventLog>().SetUpAsync();

    private sealed class LogStore(IServiceProvider services) : CapturedStore(services)
    {
        public override Task<IReadOnlyList<ModelEvent>> TakeEventsAsync() => LogEnd.TakeEventsAsync(Services);
    }
}
