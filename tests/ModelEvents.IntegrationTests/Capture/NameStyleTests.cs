using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public sealed class NameStyleTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_dotted_event_has_the_key_that_the_database_generates(int rows)
    {
        var store = fixture.CreateStore(options =>
        {
            options.NameStyle = NameStyle.Dotted;
            options.Models.Single(model => model.Exclude.Count > 0).Exclude.Clear();
        });
        await using var context = store.NewContext();
        Vehicle[] vehicles = [.. Enumerable.Range(0, rows).Select(row => new Vehicle { Plate = $"{row}" })];

        context.AddRange(vehicles);
        await context.SaveChangesAsync(Cancellation);

        var events = await store.TakeEventsAsync();
        Assert.All(events, made => Assert.Equal("store_vehicle.created", made.Name));
        Assert.Equal(
            vehicles.Select(vehicle => $$"""{"model":"Vehicle","id":{{vehicle.Id}}}"""),
            events.OrderBy(made => made.Sequence).Select(made => CapturedStore.Body(made).ToJsonString()));
    }
}
