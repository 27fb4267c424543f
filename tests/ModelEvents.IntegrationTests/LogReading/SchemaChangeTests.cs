using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Wal;

namespace ModelEvents.Tests.LogReading;

/// <summary>Tables and the model list change while a process reads.</summary>
public sealed class SchemaChangeTests : IAsyncLifetime
{
    private LogFixture _fixture = null!;
    private WalHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await LogFixture.CreateAsync("CREATE TABLE meters (id int PRIMARY KEY, reading int)", "meters");
        _host = await _fixture.StartHostAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Columns_that_are_added_and_dropped_are_followed_also_within_a_transaction()
    {
        await RunAsync("INSERT INTO meters VALUES (1, 10)");
        await RunAsync(
            """
            BEGIN;
            INSERT INTO meters VALUES (2, 20);
            ALTER TABLE meters ADD COLUMN note text DEFAULT 'none';
            INSERT INTO meters VALUES (3, 30, 'here');
            COMMIT
            """);
        await RunAsync("ALTER TABLE meters DROP COLUMN reading; INSERT INTO meters VALUES (4, 'last')");

        Assert.Equal(
            [
                """{"id":1,"reading":10}""",
                """{"id":2,"reading":20}""",
                """{"id":3,"reading":30,"note":"here"}""",
                """{"id":4,"note":"last"}""",
            ],
            (await _fixture.BodiesAsync(4)).Select(body => body["after"]!.ToJsonString()));
    }

    [Fact]
    public async Task A_column_of_another_type_is_read_as_that()
    {
        await RunAsync("INSERT INTO meters VALUES (1, 10)");
        await RunAsync("ALTER TABLE meters ALTER COLUMN reading TYPE text");
        await RunAsync("INSERT INTO meters VALUES (2, 'twenty')");

        var bodies = await _fixture.BodiesAsync(2);
        Assert.Equal("twenty", (string?)bodies[1]["after"]!["reading"]);
    }

    [Fact]
    public async Task Types_that_are_made_while_the_log_is_read_are_read_as_those()
    {
        await RunAsync("INSERT INTO meters VALUES (1, 10)");
        await _fixture.NamesAsync(1);
        await RunAsync(
            """
            CREATE TYPE unit AS ENUM ('litre', 'pint');
            CREATE DOMAIN short_text AS text CHECK (length(value) < 10);
            ALTER TABLE meters ADD COLUMN unit unit, ADD COLUMN note short_text;
            """);
        await RunAsync("INSERT INTO meters VALUES (2, 20, 'pint', 'here')");
        await _fixture.NamesAsync(2);
        await RunAsync(
            """
            ALTER TABLE meters DROP COLUMN unit;
            DROP TYPE unit;
            CREATE TYPE unit AS ENUM ('gallon');
            ALTER TABLE meters ADD COLUMN unit unit;
            """);
        await RunAsync("INSERT INTO meters VALUES (3, 30, 'there', 'gallon')");

        var bodies = await _fixture.BodiesAsync(3);
        Assert.Equal("pint", (string?)bodies[1]["after"]!["unit"]);
        Assert.Equal("here", (string?)bodies[1]["after"]!["note"]);
        Assert.Equal("""{"id":3,"reading":30,"note":"there","unit":"gallon"}""", bodies[2]["after"]!.ToJsonString());
    }

    [Fact]
    public async Task A_renamed_table_is_left_alone_until_the_list_knows_it_by_its_new_name()
    {
        await RunAsync("ALTER TABLE meters RENAME TO gauges; INSERT INTO gauges VALUES (1)");
        await RunAsync("CREATE TABLE meters (id int PRIMARY KEY)");
        await _host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(TestContext.Current.CancellationToken);
        await RunAsync("INSERT INTO meters VALUES (2)");
        await _fixture.NamesAsync(1);
        _fixture.Rows.Want("gauges", "meters");
        await _host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(TestContext.Current.CancellationToken);
        await RunAsync("INSERT INTO gauges VALUES (3)");

        Assert.Equal(["meters__created 2", "gauges__created 3"], await _fixture.NamesAsync(2));
    }

    [Fact]
    public async Task A_model_that_leaves_the_list_is_not_published_and_one_that_comes_back_is()
    {
        await RunAsync("CREATE TABLE others (id int PRIMARY KEY)");
        _fixture.Rows.Want("others");
        await _host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(TestContext.Current.CancellationToken);
        await RunAsync("INSERT INTO meters VALUES (1); INSERT INTO others VALUES (1)");
        await _fixture.NamesAsync(1);
        _fixture.Rows.Want("others", "meters");
        await _host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(TestContext.Current.CancellationToken);
        await RunAsync("INSERT INTO meters VALUES (2)");

        Assert.Equal(["others__created 1", "meters__created 2"], await _fixture.NamesAsync(2));
    }

    private Task<int> RunAsync(string sql) => _fixture.Database.ExecuteAsync(sql);
}
