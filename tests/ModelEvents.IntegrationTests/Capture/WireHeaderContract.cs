using System.Text;
using System.Text.Json;
using ModelEvents.Publishing;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.LogCapture;

namespace ModelEvents.Tests.Capture;

/// <summary>What data can do to names and headers, in every outbox and from both sources.</summary>
public abstract class WireHeaderContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    protected TFixture Fixture => fixture;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_status_with_control_characters_names_its_event_without_them()
    {
        var store = Fixture.CreateStore(
            options => options.Model<Setting>(m => m.StatusField(setting => setting.Value).StatusEvents(StatusEvents.OnChange)));
        await using var context = store.NewContext();
        var setting = new Setting { Key = $"{Guid.CreateVersion7()}", Value = "on\r\nhold" };

        context.Add(setting);
        await context.SaveChangesAsync(Cancellation);
        setting.Value = "größer\t";
        await context.SaveChangesAsync(Cancellation);

        var events = (await store.TakeEventsAsync()).OrderBy(made => made.Sequence).ToArray();
        Assert.Equal(["setting__on%0D%0Ahold", "setting__größer%09"], events.Select(made => made.Name));
        Assert.Equal("on%0D%0Ahold", events[1].Headers[EventHeaders.PreviousStatus]);
        Assert.Equal("größer\t", (string?)CapturedStore.Body(events[1])["value"]);
    }
}

public sealed class PostgreSqlWireHeaderTests(PostgreSqlFixture fixture) : WireHeaderContract<PostgreSqlFixture>(fixture)
{
    private const int Links = 2000;

    [Fact]
    public async Task Thousands_of_links_find_room_in_a_frame_and_are_whole_for_who_is_in_the_process()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();
        var product = new Product { Name = "Chair" };
        context.Add(product);
        await context.SaveChangesAsync(Cancellation);
        await store.TakeEventsAsync();

        product.Tags.AddRange(Enumerable.Range(0, Links).Select(number => new Tag { Word = $"{number}" }));
        await context.SaveChangesAsync(Cancellation);

        var updated = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(Links, LinksOf(updated.Headers[EventHeaders.Links]));
        var headers = WireMessage.From(updated, EventEnvelope.None).Headers;
        Assert.InRange(headers.Sum(header => Encoding.UTF8.GetByteCount($"{header.Key}{header.Value}")), 4 << 10, 48 << 10);
        Assert.InRange(LinksOf((string)headers[EventHeaders.Links]), 100, Links - 1);
        Assert.Equal(EventHeaders.Links, headers[EventHeaders.Cut]);
        Assert.Equal("tags", headers[EventHeaders.Changed]);
    }

    private static int LinksOf(string header) =>
        JsonDocument.Parse(header).RootElement.GetProperty("tags").GetProperty("added").GetArrayLength();
}

public sealed class WalWireHeaderTests(WalFixture fixture) : WireHeaderContract<WalFixture>(fixture);

public sealed class TableWireHeaderTests(TableFixture fixture) : WireHeaderContract<TableFixture>(fixture);

public sealed class DirectWireHeaderTests(DirectFixture fixture) : WireHeaderContract<DirectFixture>(fixture);

public sealed class LogWireHeaderTests(LogStoreFixture fixture) : WireHeaderContract<LogStoreFixture>(fixture);
