using ModelEvents.Capture;
using ModelEvents.Models;

namespace ModelEvents.Tests.Capture;

public sealed class WrittenTableTests
{
    [Theory]
    [InlineData("UPDATE \"Orders\" AS o SET \"Total\" = 1")]
    [InlineData("DELETE FROM \"Orders\" AS o WHERE o.\"Id\" = 1")]
    [InlineData("delete from orders")]
    [InlineData("INSERT INTO shop.\"Orders\" (\"Id\") VALUES (1)")]
    [InlineData("UPDATE ONLY \"Orders\" SET x = 1")]
    [InlineData("TRUNCATE TABLE `Orders`")]
    [InlineData("MERGE INTO [dbo].[Orders] USING x ON 1 = 1")]
    [InlineData("WITH gone AS (DELETE FROM \"Orders\" RETURNING 1) SELECT * FROM gone")]
    [InlineData("UPDATE [o]\nSET [o].[Total] = 1\nFROM [dbo].[Orders] AS [o]\nWHERE 1 = 1")]
    [InlineData("DELETE FROM [o] FROM [Orders] AS [o]")]
    public void A_statement_that_writes_to_the_table_is_recognized(string sql) =>
        Assert.True(Orders(schema: null).IsWrittenBy(sql));

    [Theory]
    [InlineData("SELECT * FROM \"Orders\"")]
    [InlineData("UPDATE \"OrderLines\" SET x = 1")]
    [InlineData("DELETE FROM \"Orders2\"")]
    [InlineData("UPDATE \"Old_Orders\" SET x = 1")]
    [InlineData("INSERT INTO audit SELECT * FROM \"Orders\"")]
    [InlineData("UPDATE [c] SET x = 1 FROM [Customers] AS [c] JOIN [Orders] AS [o] ON 1 = 1")]
    public void Any_other_statement_is_not(string sql) => Assert.False(Orders(schema: null).IsWrittenBy(sql));

    [Theory]
    [InlineData("UPDATE shop.\"Orders\" SET x = 1", true)]
    [InlineData("UPDATE \"Orders\" SET x = 1", true)]
    [InlineData("UPDATE other.\"Orders\" SET x = 1", false)]
    public void A_table_with_a_schema_is_not_taken_for_one_of_another(string sql, bool expected) =>
        Assert.Equal(expected, Orders(schema: "shop").IsWrittenBy(sql));

    private static WrittenTable Orders(string? schema) => new(
        new ListedModel { ClrType = typeof(object), Name = "Order", Prefix = "order", Service = "shop" }, "Orders", schema);
}
