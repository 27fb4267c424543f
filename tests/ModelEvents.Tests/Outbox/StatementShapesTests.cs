using System.Globalization;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

public sealed class StatementShapesTests
{
    private readonly StatementShapes _shapes = new();

    [Fact]
    public void A_statement_is_worth_preparing_the_fifth_time_whatever_its_parameters_are_called()
    {
        for (var use = 0; use < 5; use++)
            Assert.False(_shapes.AreToPrepare(Insert(first: use)));

        Assert.True(_shapes.AreToPrepare(Insert(first: 100)));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_command_counts_once_however_many_rows_alike_it_writes(string newline)
    {
        for (var rows = 1; rows <= 5; rows++)
            Assert.False(_shapes.AreToPrepare(Rows(rows, newline)));

        Assert.True(_shapes.AreToPrepare(Rows(50, newline)));
    }

    [Fact]
    public void A_command_with_one_statement_that_is_new_is_not_worth_preparing()
    {
        for (var use = 0; use < 10; use++)
            _shapes.AreToPrepare(Insert(use));

        Assert.False(_shapes.AreToPrepare(Insert(0) + "\nDELETE FROM t WHERE a = @p2;\n"));
        Assert.False(_shapes.AreToPrepare("DELETE FROM u WHERE a = @p0;\n" + Insert(1)));
        Assert.True(_shapes.AreToPrepare(Insert(0)));
    }

    [Fact]
    public void Numbers_that_are_not_of_parameters_tell_statements_apart()
    {
        for (var use = 0; use < 10; use++)
            Assert.False(_shapes.AreToPrepare($"-- trace {use}\n{Insert(0)}"));
    }

    [Fact]
    public void No_more_than_a_hundred_statements_are_worth_preparing()
    {
        var prepared = 0;
        for (var table = 0; table < 150; table++)
        {
            for (var use = 0; use < 6; use++)
                prepared += _shapes.AreToPrepare($"DELETE FROM t{table} WHERE a = @p0;\n") ? 1 : 0;
        }

        Assert.Equal(100, prepared);
    }

    private static string Rows(int count, string newline) =>
        string.Concat(Enumerable.Range(0, count).Select(row => Insert(2 * row).Replace("\n", newline, StringComparison.Ordinal)));

    private static string Insert(int first) => string.Create(
        CultureInfo.InvariantCulture, $"INSERT INTO t (a, b)\nVALUES (@p{first}, @p{first + 1});\n");
}
