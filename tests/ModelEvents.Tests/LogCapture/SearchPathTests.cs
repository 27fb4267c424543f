using ModelEvents.LogCapture;

namespace ModelEvents.Tests.LogCapture;

public sealed class SearchPathTests
{
    [Theory]
    [InlineData("shop", "shop")]
    [InlineData("Shop, public", "shop")]
    [InlineData("\"Shop\", public", "Shop")]
    [InlineData("\"a,\"\"b\"", "a,\"b")]
    [InlineData("\"$user\", Shop", "shop")]
    [InlineData("$user", "public")]
    [InlineData("", "public")]
    public void The_first_schema_of_a_path_is_read_as_by_the_server(string path, string schema) =>
        Assert.Equal(schema, SearchPath.FirstOf(path));
}
