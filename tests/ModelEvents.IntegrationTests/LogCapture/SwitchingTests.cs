using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.LogCapture;

/// <summary>One source for each model, and models that change theirs: nothing is lost, nothing told twice.</summary>
public sealed class SwitchingTests(LogStoreFixture fixture) : IClassFixture<LogStoreFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_goes_to_the_log_and_back_while_another_stays_there()
    {
        var (tracker, log) = (Store(CaptureSource.Tracker), Store(CaptureSource.Log));
        await SetUpAsync(tracker);
        await SaveAsync(tracker, 1);
        await SetUpAsync(log);
        await SaveAsync(tracker, 2);
        await SaveAsync(log, 3);
        var toLog = await log.TakeEventsAsync();
        await SaveAsync(log, 4);
        var drained = await log.TakeEventsAsync();
        await SetUpAsync(tracker);
        await SaveAsync(tracker, 5);
        var toTracker = await tracker.TakeEventsAsync();

        Assert.Equal(["1 tracker", "2 log", "3 log", "4 log", "5 tracker"], Told("invoice__created"));
        Assert.Equal(["1 log", "2 log", "3 log", "4 log", "5 log"], Told("setting__created"));

        IEnumerable<string> Told(string name) => toLog.Concat(drained).Concat(toTracker)
            .Where(e => e.Name == name)
            .Select(e => $"{NumberIn(e)} {e.Headers.GetValueOrDefault(EventHeaders.Source) ?? "tracker"}");
    }

    private static string NumberIn(ModelEvent e) =>
        $"{CapturedStore.Body(e)["number"] ?? CapturedStore.Body(e)["value"]}";

    private CapturedStore Store(CaptureSource ofInvoices) =>
        fixture.CreateStore(options => options.Model<Invoice>(m => m.Capture(ofInvoices)));

    private static Task SetUpAsync(CapturedStore store) =>
        store.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Cancellation);

    private static async Task SaveAsync(CapturedStore store, int number)
    {
        await using var context = store.NewContext();
        context.AddRange(
            new Invoice { Series = "switch", Number = number }, new Setting { Key = $"switch {number}", Value = $"{number}" });
        await context.SaveChangesAsync(Cancellation);
    }
}
