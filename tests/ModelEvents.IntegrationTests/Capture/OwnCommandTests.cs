using Microsoft.EntityFrameworkCore;
using ModelEvents.Outbox;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlOwnCommandTests(PostgreSqlFixture fixture) : OwnCommandContract<PostgreSqlFixture>(fixture)
{
    [Fact]
    public async Task An_event_whose_key_the_database_generates_is_in_the_lane_of_that_key()
    {
        var store = Fixture.CreateStore();
        await using var context = store.NewContext();

        context.Add(new Vehicle { Plate = "DB-5" });
        await context.SaveChangesAsync(Cancellation);

        var lane = await context.Database.SqlQuery<short>($"SELECT lane AS \"Value\" FROM model_events_outbox")
            .SingleAsync(Cancellation);
        var written = Assert.Single(await store.TakeEventsAsync());
        Assert.Equal(Lane.Of(written.Model, written.Key), lane);
    }
}

public sealed class WalOwnCommandTests(WalFixture fixture) : OwnCommandContract<WalFixture>(fixture);
