using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class WalNamesTests
{
    [Fact]
    public void A_slot_is_named_after_context_and_database()
    {
        var names = new WalNames("model_events", typeof(ShopContext));

        Assert.Equal("model_events_shopcontext", names.Prefix);
        Assert.Equal("model_events_shopcontext_sales", names.SlotIn("sales"));
    }

    [Theory]
    [InlineData("my-sales")]
    [InlineData("my.sales")]
    [InlineData("a_database_whose_name_is_so_long_that_no_slot_could_be_named_after_it")]
    public void A_name_that_must_be_changed_stays_different_from_others(string database)
    {
        var names = new WalNames("model_events", typeof(ShopContext));

        Assert.Matches("^model_events_shopcontext_[a-z0-9_]+_[0-9a-f]{8}$", names.SlotIn(database));
        Assert.InRange(names.SlotIn(database).Length, 1, 63);
        Assert.NotEqual(names.SlotIn(database), names.SlotIn(database.Replace('-', '.') + "x"));
    }

    private sealed class ShopContext;
}
