using ModelEvents.Testing;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Testing;

/// <summary>Scopes keep events out of a real outbox, however they would get there.</summary>
public sealed class DispatcherTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_single_change_is_saved_without_its_event()
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        var setting = NewSetting();
        context.Add(setting);
        using (Dispatcher.Disable(setting))
            Assert.Equal(1, await context.SaveChangesAsync(Cancellation));

        setting.Value = "changed";
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["setting__updated"], await store.TakeNamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_disabled_part_of_a_save_has_no_events(bool inTransaction)
    {
        var store = fixture.CreateStore();
        await using var context = store.NewContext();
        await using var transaction = inTransaction ? await context.Database.BeginTransactionAsync(Cancellation) : null;
        var (silent, other) = (NewSetting(), NewSetting());
        context.AddRange(silent, other, new Product { Name = "p" });
        using (Dispatcher.Disable<Product>())
        using (Dispatcher.Disable(silent))
            Assert.Equal(3, await context.SaveChangesAsync(Cancellation));
        if (transaction is not null)
            await transaction.CommitAsync(Cancellation);

        Assert.Equal([other.Key], (await store.TakeEventsAsync()).Select(published => published.Key));
    }

    private static Setting NewSetting() => new() { Key = $"{Guid.CreateVersion7()}" };
}
