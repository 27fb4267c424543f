using ModelEvents.LogCapture;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;
using StoreLog = ModelEvents.Tests.LogCapture.WrittenLog<ModelEvents.Tests.Capture.Store.StoreContext>;

namespace ModelEvents.Tests.LogCapture;

/// <summary>What becomes of rows: names, keys, bodies, headers, ids.</summary>
public sealed class RowTests : IDisposable
{
    private readonly StoreLog _log = new(List);
    private readonly StoreLog _logWithoutTables = new(List, TestServices.Postgres);

    private readonly LogTable _settings = StoreLog.Table("Settings", "Key", "Value");
    private readonly LogTable _orders = StoreLog.Table("Orders", "Id", "CustomerId", "Number", "Status", "Total");

    [Fact]
    public void Only_tables_of_listed_models_are_wanted_and_their_columns_read_as_they_are_stored()
    {
        Assert.Equal(
            ["Invoices", "Orders", "Settings", "Vehicles"], _log.Capture.Tables.Select(table => table.Name).Order());
        Assert.All(_log.Capture.Tables, table => Assert.Equal("public", table.Schema));
        Assert.Null(_log.Capture.Plan(StoreLog.Table("Unlisted", "Id", "Text")));
        Assert.Equal(
            [typeof(long), typeof(Guid), typeof(string), typeof(string), typeof(decimal)],
            _log.Capture.Plan(_orders)!.Types);
    }

    [Fact]
    public async Task An_inserted_row_is_created_with_the_body_of_a_save()
    {
        var customer = Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000");

        var created = await _log.CaptureOneAsync(_log.Inserted(_orders, 42L, customer, "n°1", "InTransit", 12.50m));

        Assert.Equal(("order__in_transit", "42", "log"), (created.Name, created.Key, created.Service));
        Assert.Equal(typeof(Order).FullName, created.Model);
        Assert.Equal(
            $$"""{"id":42,"customer_id":"{{customer}}","number":"n°1","status":"InTransit","total":12.50,"version":77}""",
            StoreLog.TextOf(created));
        Assert.Equal((1008, StoreLog.CommittedAt), (created.Sequence, created.OccurredAt));
    }

    [Fact]
    public async Task An_update_with_a_value_that_cannot_be_read_is_parked_with_the_reason_and_others_flow()
    {
        object?[] before = [42L, null, "n1", "New", 1m];
        object?[] after = [42L, null, "n1", new UnreadableValue("no such status"), 1m];

        var told = await _logWithoutTables.CaptureAllAsync(_logWithoutTables.Updated(_orders, before, after), _logWithoutTables.Inserted(_settings, "a", "b"));

        var failed = Assert.Single(told.Failed);
        Assert.Contains("no such status", failed.Error, StringComparison.Ordinal);
        Assert.Equal("setting__created", told.Events[^1].Name);
    }

    [Fact]
    public async Task An_updated_row_tells_what_changed_and_the_status_before()
    {
        object?[] before = [42L, null, "n1", "New", 1m], after = [42L, null, "n1", "InTransit", 2m];

        var updated = await _log.CaptureOneAsync(_log.Updated(_orders, before, after));
        var again = await _log.CaptureOneAsync(_log.Updated(_orders, after, [42L, null, "n1", "InTransit", 3m]));

        Assert.Equal(("order__in_transit", "status,total"), (updated.Name, updated.Headers[EventHeaders.Changed]));
        Assert.Equal("new", updated.Headers[EventHeaders.PreviousStatus]);
        Assert.Equal(("order__updated", "total"), (again.Name, again.Headers[EventHeaders.Changed]));
    }

    [Fact]
    public async Task An_update_that_changes_nothing_of_the_model_is_no_event()
    {
        var known = StoreLog.Table("Settings", "Key", "unknown", "Value");

        Assert.Empty(await _log.CaptureAsync(_log.Updated(known, ["a", 1, "b"], ["a", 2, "b"])));
    }

    [Fact]
    public async Task Where_the_row_before_is_not_known_an_update_says_so()
    {
        var updated = await _log.CaptureOneAsync(_log.Updated(_settings, before: null, ["a", "c"]));

        Assert.Equal(("setting__updated", "*"), (updated.Name, updated.Headers[EventHeaders.Changed]));
        Assert.Equal("""{"key":"a","value":"c"}""", StoreLog.TextOf(updated));
    }

    [Fact]
    public async Task A_deleted_row_has_its_last_values_or_its_key_alone()
    {
        var whole = await _log.CaptureOneAsync(_log.Deleted(_settings, ["a", "b"]));
        var key = await _log.CaptureOneAsync(_log.Deleted(_settings, ["a", LogRow.Absent], isWhole: false));

        Assert.Equal(("setting__deleted", "a"), (whole.Name, whole.Key));
        Assert.Equal("""{"key":"a","value":"b"}""", StoreLog.TextOf(whole));
        Assert.Equal(("setting__deleted", "a"), (key.Name, key.Key));
        Assert.Equal("""{"key":"a"}""", StoreLog.TextOf(key));
    }

    [Fact]
    public async Task A_key_that_changes_is_a_delete_and_a_create()
    {
        var whole = await _log.CaptureAsync(_log.Updated(_settings, ["a", "b"], ["z", "b"]));
        var key = await _log.CaptureAsync(_log.Updated(_settings, ["a", LogRow.Absent], ["z", "b"], isWhole: false));

        Assert.Equal([("setting__deleted", "a"), ("setting__created", "z")], whole.Select(e => (e.Name, e.Key)));
        Assert.Equal([("setting__deleted", "a"), ("setting__created", "z")], key.Select(e => (e.Name, e.Key)));
        Assert.Equal("""{"key":"a","value":"b"}""", StoreLog.TextOf(whole[0]));
        Assert.Equal("""{"key":"a"}""", StoreLog.TextOf(key[0]));
        Assert.NotEqual(whole[0].Id, whole[1].Id);
    }

    [Fact]
    public async Task A_row_of_several_types_is_the_one_that_its_discriminator_says()
    {
        var vehicles = StoreLog.Table("Vehicles", "Id", "Discriminator", "Plate", "Seats", "Axles");

        var events = await _log.CaptureAsync(
            _log.Inserted(vehicles, 1, "Truck", "T", null, 3),
            _log.Inserted(vehicles, 2, "Car", "C", 5, null),
            _log.Inserted(vehicles, 3, "Vehicle", "V", null, null),
            _log.Inserted(vehicles, 4, "Spaceship", "S", null, null));

        Assert.Equal(["truck__created", "vehicle__created", "vehicle__created"], events.Select(e => e.Name));
        Assert.Equal(3, (int)StoreLog.BodyOf(events[0])["axles"]!);
        Assert.Equal(5, (int)StoreLog.BodyOf(events[1])["seats"]!);
    }

    [Fact]
    public async Task Composite_keys_dates_and_bytes_are_written_as_those_of_saves()
    {
        var invoices = StoreLog.Table("Invoices", "Series", "Number", "InternalNote", "Issued", "Seal");

        var created = await _log.CaptureOneAsync(
            _log.Inserted(invoices, "S", 1, "secret", new DateOnly(2026, 11, 20), new byte[] { 1, 2, 255 }));

        Assert.Equal("""["S",1]""", created.Key);
        Assert.Equal(
            """{"series":"S","number":1,"issued":"2026-11-20","seal":"AQL/"}""", StoreLog.TextOf(created));
    }

    [Fact]
    public async Task Headers_name_the_source_the_transaction_and_its_origin()
    {
        using var log = new StoreLog(options => options.Model<Setting>())
        {
            Transaction = new LogTransaction(4711, StoreLog.CommittedAt, "import 42"),
        };

        var created = await log.CaptureOneAsync(log.Inserted(_settings, "a", "b"));

        Assert.Equal(
            ["created", "import 42", "log", "4711"],
            new[] { EventHeaders.Action, EventHeaders.Origin, EventHeaders.Source, EventHeaders.Transaction }
                .Select(name => created.Headers[name]));
    }

    [Fact]
    public async Task A_row_that_is_read_again_has_the_ids_that_it_had()
    {
        var rows = new[] { _log.Inserted(_settings, "a", "b"), _log.Updated(_settings, ["a", "b"], ["z", "b"]) };

        var once = await _log.CaptureAsync(rows);
        using var other = new StoreLog(options => options.Model<Setting>());
        var twice = await other.Capture.CaptureAsync(rows, _log.Transaction, TestContext.Current.CancellationToken);

        Assert.Equal(once.Select(e => (e.Id, e.Sequence)), twice.Events.Select(e => (e.Id, e.Sequence)));
        Assert.Equal(3, once.Select(e => e.Id).Distinct().Count());
        Assert.All(once, e => Assert.Equal(7, e.Id.Version));
        var time = Guid.CreateVersion7(StoreLog.CommittedAt).ToString()[..13];
        Assert.All(once, e => Assert.StartsWith(time, e.Id.ToString()));
    }

    [Fact]
    public async Task A_value_that_cannot_be_read_parks_its_event_with_the_reason_and_others_flow()
    {
        var unreadable = new UnreadableValue("no number");

        var events = await _logWithoutTables.CaptureAllAsync(
            _logWithoutTables.Inserted(_orders, 1L, null, "n1", "Nonsense", 1m),
            _logWithoutTables.Inserted(_orders, 2L, null, "n2", "New", unreadable),
            _logWithoutTables.Inserted(_orders, 3L, null, "n3", "New", 1m));

        Assert.Equal(["1", "2", "3"], events.Events.Select(e => e.Key));
        Assert.Equal(["1", "2"], events.Failed.Select(failed => failed.Event.Key));
        Assert.All(events.Failed, failed => Assert.Null(failed.RetryAfter));
        Assert.Contains("'Total'", events.Failed[1].Error, StringComparison.Ordinal);
        Assert.Contains("no number", events.Failed[1].Error, StringComparison.Ordinal);
        Assert.Equal(events.Failed[1].Error, events.Events[1].Headers[EventHeaders.Unreadable]);
        Assert.DoesNotContain(EventHeaders.Unreadable, events.Events[2].Headers.Keys);
    }

    [Fact]
    public async Task A_value_that_cannot_be_compared_counts_as_changed_and_one_that_can_does_not()
    {
        object?[] before = [1L, null, "n", "New", new UnreadableValue("no number")];
        object?[] after = [1L, null, "n", "New", new UnreadableValue("no number")];
        object?[] same = [1L, null, "n", "New", new UnreadableValue("no number", (object?[])[7])];
        object?[] again = [1L, null, "n", "New", new UnreadableValue("no number", (object?[])[7])];

        var told = await _logWithoutTables.CaptureAllAsync(_logWithoutTables.Updated(_orders, before, after), _logWithoutTables.Updated(_orders, same, again));

        Assert.Equal("order__updated", Assert.Single(told.Events).Name);
        Assert.Single(told.Failed);
    }

    [Fact]
    public async Task A_delete_of_a_row_with_a_value_that_cannot_be_read_has_the_key()
    {
        var deleted = await _log.CaptureOneAsync(
            _log.Deleted(_orders, [1L, null, "n", "New", new UnreadableValue("no number")]));

        Assert.Equal(("order__deleted", "1", """{"id":1}"""), (deleted.Name, deleted.Key, StoreLog.TextOf(deleted)));
        Assert.DoesNotContain(EventHeaders.Unreadable, deleted.Headers.Keys);
    }

    [Fact]
    public async Task A_large_value_that_was_left_alone_is_that_of_the_row_before()
    {
        var updated = await _log.CaptureOneAsync(_log.Updated(
            _orders, [1L, null, "large", "New", 1m], [1L, null, LogRow.Absent, "New", 2m]));

        Assert.Equal("total", updated.Headers[EventHeaders.Changed]);
        Assert.Equal("large", (string?)StoreLog.BodyOf(updated)["number"]);
    }

    [Fact]
    public async Task Only_the_models_that_say_so_are_captured_from_the_log()
    {
        using var log = new StoreLog(options =>
        {
            options.Capture = CaptureSource.Tracker;
            options.Model<Vehicle>(m => m.Capture(CaptureSource.Log)).Model<Truck>().Model<Setting>();
        });
        var vehicles = StoreLog.Table("Vehicles", "Id", "Discriminator", "Plate", "Seats", "Axles");

        var events = await log.CaptureAsync(
            log.Inserted(vehicles, 1, "Truck", "T", null, 3), log.Inserted(vehicles, 2, "Car", "C", 5, null));

        Assert.Equal(["Id", "Discriminator"], Assert.Single(log.Capture.Tables).Identity);
        Assert.Equal(["vehicle__created"], events.Select(e => e.Name));
    }

    [Fact]
    public async Task Columns_that_come_and_go_do_not_stop_it()
    {
        var before = await _log.CaptureOneAsync(_log.Inserted(_settings, "a", "b"));
        var moved = StoreLog.Table("Settings", "Value", "added", "Key");

        var after = await _log.CaptureOneAsync(_log.Inserted(moved, "b", 5, "a"));

        Assert.Null(_log.Capture.Plan(moved)!.Types[1]);
        Assert.Equal(StoreLog.TextOf(before), StoreLog.TextOf(after));
    }

    [Fact]
    public void A_truncated_table_is_one_event_of_each_of_its_models()
    {
        var vehicles = StoreLog.Table("Vehicles", "Id", "Discriminator", "Plate", "Seats", "Axles");
        var row = 0;

        var events = _log.Capture.Truncated(vehicles, _log.Transaction, () => (row++, row * LogNumbers.Room));

        Assert.Equal(["truck__truncated", "vehicle__truncated"], events.Select(e => e.Name).Order());
        Assert.Equal(2, events.Select(e => e.Id).Distinct().Count());
    }

    public void Dispose()
    {
        _log.Dispose();
        _logWithoutTables.Dispose();
    }

    private static void List(ModelEventsOptions options) => options
        .Model<Order>(m => m.StatusField(o => o.Status).StatusEvents(StatusEvents.OnChange))
        .Model<Invoice>(m => m.Exclude(i => i.InternalNote))
        .Model<Setting>()
        .Model<Vehicle>()
        .Model<Truck>();
}
