using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>The events of the dotted style, which have the key alone, in every outbox.</summary>
public abstract class NameStyleContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_dotted_event_has_the_key_that_the_database_generates(int rows)
    {
        var store = NewStore();
        await using var context = store.NewContext();
        Vehicle[] vehicles = [.. Enumerable.Range(0, rows).Select(row => new Vehicle { Plate = $"{row}" })];

        context.AddRange(vehicles);
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.All(events, made => Assert.Equal("store_vehicle.created", made.Name));
        Assert.Equal(vehicles.Select(BodyOf), InOrder(events));
    }

    [Fact]
    public async Task A_change_is_saved_and_a_removal_deleted()
    {
        var store = NewStore();
        await using var context = store.NewContext();
        var vehicle = new Vehicle { Plate = "old" };
        context.Add(vehicle);
        await context.SaveChangesAsync(Cancellation);
        vehicle.Plate = "new";
        await context.SaveChangesAsync(Cancellation);
        context.Remove(vehicle);
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();

        Assert.Equal(
            ["store_vehicle.created", "store_vehicle.saved", "store_vehicle.deleted"],
            events.OrderBy(made => made.Sequence).Select(made => made.Name));
        Assert.All(InOrder(events), body => Assert.Equal(BodyOf(vehicle), body));
    }

    private static string BodyOf(Vehicle vehicle) => $$"""{"model":"Vehicle","id":{{vehicle.Id}}}""";

    private static IEnumerable<string> InOrder(IEnumerable<ModelEvent> events) =>
        events.OrderBy(made => made.Sequence).Select(made => CapturedStore.Body(made).ToJsonString());

    private CapturedStore NewStore() => fixture.CreateStore(options =>
    {
        options.NameStyle = NameStyle.Dotted;
        options.Models.Single(model => model.Exclude.Count > 0).Exclude.Clear();
    });
}

public sealed class PostgreSqlNameStyleTests(PostgreSqlFixture fixture) : NameStyleContract<PostgreSqlFixture>(fixture);

public sealed class WalNameStyleTests(WalFixture fixture) : NameStyleContract<WalFixture>(fixture);

public sealed class TableNameStyleTests(TableFixture fixture) : NameStyleContract<TableFixture>(fixture);

public sealed class DirectNameStyleTests(DirectFixture fixture) : NameStyleContract<DirectFixture>(fixture);
