using Microsoft.Data.Sqlite;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Tools;

/// <summary>Migrations and compiled models as users make them, by the real tool, on PostgreSQL and SQLite.</summary>
public sealed class DotnetEfTests(ToolApp app) : IClassFixture<ToolApp>
{
    private static readonly string[] DepotTables =
    [
        "Parcels", "model_events_inbox", "model_events_inbox_sequences", "model_events_outbox", "model_events_outbox_packs",
        "trigger_events", "trigger_rules",
    ];

    [Theory]
    [InlineData("Depot", "model_events_inbox model_events_inbox_sequences model_events_outbox model_events_outbox_packs "
        + "Parcels trigger_rules trigger_events")]
    [InlineData("Box", "model_events_outbox model_events_outbox_leases Parcels")]
    public void A_migration_makes_each_table_and_no_limit_that_nobody_asked_for(string context, string tables)
    {
        var migration = app.Migration(context, "First");

        Assert.Equal(tables.Split(' '), Created(migration));
        Assert.DoesNotContain("maxLength: -1", migration, StringComparison.Ordinal);
    }

    [Fact]
    public void A_migration_of_a_context_that_a_factory_makes_has_the_tables_that_the_service_asks_for()
    {
        var migration = app.Migration("Van", "First");

        Assert.Equal(
            ["model_events_outbox", "model_events_outbox_packs", "Parcels", "trigger_rules", "trigger_events"],
            Created(migration));
        Assert.Contains("configuration = table.Column<string>(type: \"jsonb\"", migration, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Depot")]
    [InlineData("Van")]
    [InlineData("Box")]
    public async Task A_second_migration_is_empty(string context)
    {
        await app.ToolAsync(null, "migrations", "add", "Second", "--context", $"{context}Context", "-o", context);

        Assert.DoesNotContain("migrationBuilder.", app.Migration(context, "Second"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updated_databases_serve_the_service_with_its_compiled_models_and_neither_starts_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        var said = await app.ToolAsync(database, "database", "update", "--context", "DepotContext")
            + await app.ToolAsync(database, "database", "update", "--context", "BoxContext")
            + await app.ToolAsync(database, "migrations", "has-pending-model-changes", "--context", "DepotContext");

        var saved = await app.SaveAsync(database);

        Assert.DoesNotContain("Hosting.Lifetime", said, StringComparison.Ordinal);
        Assert.Contains("DepotContext: model DepotContextModel, migrated True, pending False, events 1", saved, StringComparison.Ordinal);
        Assert.Contains("VanContext: model VanContextModel, migrated False, pending False, events 1", saved, StringComparison.Ordinal);
        Assert.Contains("BoxContext: model BoxContextModel, migrated True, pending False, events 1", saved, StringComparison.Ordinal);
        await using var box = new SqliteConnection(app.Sqlite);
        await box.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = box.CreateCommand();
        command.CommandText = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE name LIKE 'model%' ORDER BY name)";
        Assert.Equal("model_events_outbox,model_events_outbox_leases", command.ExecuteScalar());
    }

    [Fact]
    public async Task An_idempotent_script_makes_the_tables_where_they_belong_and_may_run_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await app.ToolAsync(null, "migrations", "script", "--idempotent", "--context", "DepotContext", "-o", "script.sql");
        var script = await File.ReadAllTextAsync(app.PathOf("script.sql"), TestContext.Current.CancellationToken);

        await database.ExecuteAsync(script);
        await database.ExecuteAsync(script);

        Assert.Equal(DepotTables, await TablesOf(database, "depot"));
        Assert.Equal(["__EFMigrationsHistory"], await TablesOf(database, "public"));
    }

    [Fact]
    public async Task A_bundle_migrates_a_database()
    {
        await using var database = await TestDatabase.CreateAsync();
        await app.RunAsync("dotnet", "ef", "migrations", "bundle", "--context", "DepotContext", "-o", "bundle");

        await app.RunAsync(app.PathOf("bundle"), "--connection", database.ConnectionString);

        Assert.Equal(DepotTables, await TablesOf(database, "depot"));
    }

    private static IEnumerable<string> Created(string migration) =>
        migration.Split("migrationBuilder.CreateTable(").Skip(1).Select(table => table.Split('"')[1]);

    private static async Task<string[]> TablesOf(TestDatabase database, string schema) =>
        await database.ScalarAsync<string[]>(
            $"SELECT array_agg(tablename::text ORDER BY tablename COLLATE \"C\") FROM pg_tables WHERE schemaname = '{schema}'")
        ?? [];
}
