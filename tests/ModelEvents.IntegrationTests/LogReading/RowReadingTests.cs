using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.LogReading;

/// <summary>Rows that anybody writes, as the reader of the log gives them to whoever makes events of them.</summary>
public sealed class RowReadingTests
{
    private const string Meters = "CREATE TABLE meters (id int PRIMARY KEY, reading int, note text)";

    [Fact]
    public async Task Rows_of_any_writer_come_in_the_order_of_their_statements()
    {
        var (fixture, host) = await LogFixture.StartAsync(Meters, "meters");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync(
            """
            BEGIN;
            INSERT INTO meters SELECT number, 10 FROM generate_series(1, 3) AS number;
            UPDATE meters SET reading = reading + id WHERE id < 3;
            DELETE FROM meters WHERE id = 2;
            COMMIT
            """);

        Assert.Equal(
            [
                "meters__created 1", "meters__created 2", "meters__created 3",
                "meters__updated 1", "meters__updated 2", "meters__deleted 2",
            ],
            await fixture.NamesAsync(6));
        var bodies = await fixture.BodiesAsync(6);
        Assert.Equal("""{"before":null,"after":{"id":1,"reading":10,"note":null},"whole":false}""", Text(bodies[0]));
        Assert.Equal(
            """{"before":{"id":1,"reading":10,"note":null},"after":{"id":1,"reading":11,"note":null},"whole":true}""",
            Text(bodies[3]));
        Assert.Equal("""{"before":{"id":2,"reading":12,"note":null},"after":null,"whole":true}""", Text(bodies[5]));
    }

    [Fact]
    public async Task Nothing_comes_of_what_is_rolled_back_or_in_other_tables()
    {
        var (fixture, host) = await LogFixture.StartAsync($"{Meters}; CREATE TABLE others (id int PRIMARY KEY)", "meters");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync("BEGIN; INSERT INTO meters VALUES (1); ROLLBACK");
        await fixture.Database.ExecuteAsync(
            "BEGIN; SAVEPOINT a; INSERT INTO meters VALUES (2); ROLLBACK TO a; INSERT INTO meters VALUES (3); COMMIT");
        await fixture.Database.ExecuteAsync("INSERT INTO others VALUES (4); INSERT INTO meters VALUES (5)");

        Assert.Equal(["meters__created 3", "meters__created 5"], await fixture.NamesAsync(2));
    }

    [Fact]
    public async Task Values_are_read_as_the_types_that_are_asked_for()
    {
        var (fixture, host) = await LogFixture.StartAsync(
            """
            CREATE TYPE mood AS ENUM ('fine', 'so so');
            CREATE TABLE kinds (id bigint PRIMARY KEY, a bool, b bytea, c double precision, d int[], e text[], f date,
                g timestamptz, h numeric, i uuid, j jsonb, k mood)
            """,
            "kinds");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync(
            """
            INSERT INTO kinds VALUES (7000000000, true, '\x0102', 1.5, '{1,2}', '{a,b}', '2026-02-03',
                '2026-02-03 04:05:06Z', 12.50, '00000000-0000-0000-0000-000000000001', '{"x": 1}', 'so so')
            """);

        var body = Assert.Single(await fixture.BodiesAsync(1))["after"]!;
        Assert.Equal(
            """
            {"id":7000000000,"a":true,"b":"AQI=","c":1.5,"d":[1,2],"e":["a","b"],"f":"2026-02-03","g":"2026-02-03T04:05:06Z","h":12.50,"i":"00000000-0000-0000-0000-000000000001","j":"{\u0022x\u0022: 1}","k":"so so"}
            """.Trim(),
            body.ToJsonString());
    }

    [Fact]
    public async Task A_large_value_that_an_update_left_alone_is_told_apart_and_known_from_the_row_before()
    {
        var (fixture, host) = await LogFixture.StartAsync(
            "CREATE TABLE papers (id int PRIMARY KEY, title text, content text); " +
            "ALTER TABLE papers ALTER COLUMN content SET STORAGE EXTERNAL",
            "papers");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync("INSERT INTO papers VALUES (1, 'old', repeat('x', 9000))");
        await fixture.Database.ExecuteAsync("UPDATE papers SET title = 'new'");

        var update = (await fixture.BodiesAsync(2))[1];
        Assert.Equal("absent", (string?)update["after"]!["content"]);
        Assert.Equal(9000, ((string?)update["before"]!["content"])!.Length);
        Assert.Equal("new", (string?)update["after"]!["title"]);
    }

    [Fact]
    public async Task Without_whole_rows_the_log_has_the_key_of_a_deleted_row_and_the_old_key_of_one_that_changed_it()
    {
        await using var fixture = await LogFixture.CreateAsync(Meters, "meters");
        await using var host = await fixture.StartHostAsync(options => options.Wal.WholeRows = false);

        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (1, 10)");
        await fixture.Database.ExecuteAsync("UPDATE meters SET reading = 11");
        await fixture.Database.ExecuteAsync("UPDATE meters SET id = 2");
        await fixture.Database.ExecuteAsync("DELETE FROM meters");

        var bodies = await fixture.BodiesAsync(4);
        Assert.Null(bodies[1]["before"]);
        Assert.Equal("""{"id":1,"reading":"absent","note":"absent"}""", Text(bodies[2]["before"]!));
        Assert.Equal("""{"before":{"id":2,"reading":"absent","note":"absent"},"after":null,"whole":false}""", Text(bodies[3]));
        await host.LoggedAsync(3020, "'public.meters'");
    }

    [Fact]
    public async Task Truncating_a_table_is_an_event_after_those_of_its_rows()
    {
        var (fixture, host) = await LogFixture.StartAsync(Meters, "meters");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync(
            "BEGIN; INSERT INTO meters VALUES (1); TRUNCATE meters; INSERT INTO meters VALUES (1); COMMIT");

        Assert.Equal(
            ["meters__created 1", "meters__truncated ", "meters__created 1"], await fixture.NamesAsync(3));
    }

    [Fact]
    public async Task Rows_of_partitions_are_rows_of_their_table_whole_ones_too()
    {
        var (fixture, host) = await LogFixture.StartAsync(
            """
            CREATE TABLE sales (id int, year int, amount int, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
            CREATE TABLE sales_25 PARTITION OF sales FOR VALUES IN (2025);
            CREATE TABLE sales_26 PARTITION OF sales FOR VALUES IN (2026)
            """,
            "sales");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync("INSERT INTO sales VALUES (1, 2025, 5), (2, 2026, 6)");
        await fixture.Database.ExecuteAsync("UPDATE sales SET amount = 7 WHERE id = 1");
        await fixture.Database.ExecuteAsync("DELETE FROM sales WHERE id = 2");

        Assert.Equal(
            ["sales__created 1", "sales__created 2", "sales__updated 1", "sales__deleted 2"], await fixture.NamesAsync(4));
        Assert.Equal(
            """{"before":{"id":2,"year":2026,"amount":6},"after":null,"whole":true}""",
            Text((await fixture.BodiesAsync(4))[3]));
    }

    [Fact]
    public async Task A_mark_in_the_transaction_says_who_wrote_the_rows_after_it()
    {
        var (fixture, host) = await LogFixture.StartAsync(Meters, "meters");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync(
            """
            BEGIN;
            INSERT INTO meters VALUES (1);
            SELECT pg_logical_emit_message(true, 'model_events_origin', 'import 42');
            INSERT INTO meters VALUES (2);
            COMMIT
            """);
        await fixture.Database.ExecuteAsync("INSERT INTO meters VALUES (3)");

        await fixture.NamesAsync(3);
        Assert.Equal(
            [null, "import 42", null],
            fixture.Deliveries.Select(delivery => delivery.Header("modelevents-origin")));
    }

    [Fact]
    public async Task Copied_rows_and_events_of_saves_have_sequences_of_their_own_and_come_in_order()
    {
        var (fixture, host) = await LogFixture.StartAsync(Meters, "meters");
        await using var dispose = fixture;
        await using var stop = host;
        await using (var connection = new Npgsql.NpgsqlConnection(fixture.Database.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var copy = await connection.BeginTextImportAsync(
                "COPY meters (id) FROM STDIN", TestContext.Current.CancellationToken);
            for (var id = 1; id <= 2000; id++)
                await copy.WriteAsync($"{id}\n");
        }

        await using (var scope = host.Services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
            await using var transaction =
                await context.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
            for (var id = 3001; id <= 3010; id++)
            {
                context.Add(new Parcel());
                await context.SaveChangesAsync(TestContext.Current.CancellationToken);
                await context.Database.ExecuteSqlAsync(
                    $"INSERT INTO meters VALUES ({id})", TestContext.Current.CancellationToken);
            }

            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        await fixture.NamesAsync(2020);
        var sequences = fixture.Deliveries.Select(LogFixture.SequenceOf).ToArray();
        Assert.Equal(2020, sequences.Distinct().Count());
        Assert.Equal(
            Enumerable.Range(0, 20).Select(at => at % 2 == 0 ? "parcel__created" : "meters__created"),
            fixture.Deliveries.Skip(2000).Select(delivery => delivery.RoutingKey));
        Assert.True(fixture.Rows.LargestPiece <= 500);
    }

    [Fact]
    public async Task A_row_with_a_value_that_cannot_be_read_is_parked_with_the_reason_and_the_rest_flows()
    {
        var (fixture, host) = await LogFixture.StartAsync("CREATE TABLE sums (id int PRIMARY KEY, total numeric)", "sums");
        await using var dispose = fixture;
        await using var stop = host;

        await fixture.Database.ExecuteAsync("INSERT INTO sums VALUES (1, 1.5), (2, 'NaN'), (3, 2.5)");

        Assert.Equal(["sums__created 1", "sums__created 3"], await fixture.NamesAsync(2));
        var outbox = host.Services.GetRequiredService<IOutboxReader>();
        IReadOnlyList<ParkedEvent> all = [];
        await Eventually.TrueAsync(
            async () => (all = await outbox.ListParkedAsync(10, TestContext.Current.CancellationToken)).Count > 0,
            () => "nothing is parked");
        var parked = Assert.Single(all);
        Assert.Equal("2", parked.Event.Key);
        Assert.StartsWith("The column 'total' cannot be read: ", parked.Error, StringComparison.Ordinal);
        await fixture.Database.ExecuteAsync("UPDATE sums SET total = 9");
        await fixture.NamesAsync(4);
        await Eventually.TrueAsync(async () => await CountAsync(outbox) == (1, 1), () => "other events wait");
    }

    [Fact]
    public async Task A_process_that_still_captures_saves_with_the_change_tracker_doubles_nothing()
    {
        await using var fixture = await LogFixture.CreateAsync("SELECT 1", "Parcels");
        fixture.Rows.Model = typeof(Parcel).FullName;
        await using var host = await fixture.StartHostAsync();

        var id = await host.SaveAsync();
        await fixture.Database.ExecuteAsync("INSERT INTO \"Parcels\" (\"Step\") VALUES (7)");

        Assert.Equal(
            ["Parcels__created", "Parcels__created"], (await fixture.NamesAsync(2)).Select(name => name.Split(' ')[0]));
    }

    private static async Task<(long Waiting, long Parked)> CountAsync(IOutboxReader outbox)
    {
        var status = await outbox.GetStatusAsync(TestContext.Current.CancellationToken);
        return (status.Waiting, status.Parked);
    }

    private static string Text(JsonNode node) => node.ToJsonString();
}
