using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Outbox;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace ModelEvents.Tests.Outbox;

public sealed class OutboxModelTests
{
    [Fact]
    public void The_table_and_its_columns_keep_their_names_and_sizes_whatever_the_model_prefers()
    {
        var row = Row(UseNpgsql, model => model.UseHiLo(), new OutboxTableOptions { Table = "events", Schema = "bus" });

        Assert.Equal(("bus", "events"), (row.GetSchema(), row.GetTableName()));
        Assert.Equal("occurred_at", row.FindProperty(nameof(OutboxRow.OccurredAt))!.GetColumnName());
        Assert.Equal("text", row.FindProperty(nameof(OutboxRow.Headers))!.GetColumnType());
        Assert.Equal("timestamp with time zone", row.FindProperty(nameof(OutboxRow.RetryAt))!.GetColumnType());
        Assert.Equal(
            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn,
            row.FindProperty(nameof(OutboxRow.Id))!.GetValueGenerationStrategy());
    }

    [Fact]
    public void The_table_is_in_the_default_schema_unless_it_has_one()
    {
        Assert.Equal("shop", Row(UseNpgsql, model => model.HasDefaultSchema("shop")).GetSchema());
        Assert.Null(Row(UseNpgsql, _ => { }).GetSchema());
    }

    [Fact]
    public void Lanes_are_leased_in_a_table_unless_the_outbox_leases_them_elsewhere()
    {
        using var portable = new AnyContext(UseNpgsql(), _ => { }, new OutboxTableOptions(), refine: null);
        using var refined = new AnyContext(UseNpgsql(), _ => { }, new OutboxTableOptions(), refine: _ => { });

        Assert.NotNull(portable.Model.FindEntityType(typeof(LaneLease)));
        Assert.Null(refined.Model.FindEntityType(typeof(LaneLease)));
    }

    [Fact]
    public void A_context_can_leave_the_table_to_another_contexts_migrations()
    {
        Assert.True(Row(UseNpgsql, model => model.ExcludeModelEventsFromMigrations()).IsTableExcludedFromMigrations());
        Assert.False(Row(UseNpgsql, _ => { }).IsTableExcludedFromMigrations());
    }

    [Fact]
    public void A_provider_that_is_not_relational_is_left_alone()
    {
        var options = new DbContextOptionsBuilder().UseInMemoryDatabase("shop");
        using var context = new AnyContext(options, _ => { }, new OutboxTableOptions(), refine: null);

        Assert.Empty(context.Model.GetEntityTypes());
    }

    private static DbContextOptionsBuilder UseNpgsql() => new DbContextOptionsBuilder().UseNpgsql("Host=nowhere");

    private static IEntityType Row(
        Func<DbContextOptionsBuilder> provider, Action<ModelBuilder> build, OutboxTableOptions? table = null)
    {
        using var context = new AnyContext(
            provider(),
            model => build(model),
            table ?? new OutboxTableOptions(),
            model => model.FindEntityType(typeof(OutboxRow))!.FindProperty(nameof(OutboxRow.Id))!
                .SetValueGenerationStrategy(NpgsqlValueGenerationStrategy.IdentityByDefaultColumn));
        return context.GetService<IDesignTimeModel>().Model.FindEntityType(typeof(OutboxRow))!;
    }

    private sealed class AnyContext(
        DbContextOptionsBuilder options,
        Action<ModelBuilder> build,
        OutboxTableOptions table,
        Action<IMutableModel>? refine) : DbContext(Complete(options, table, refine))
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => build(modelBuilder);

        private static DbContextOptions Complete(
            DbContextOptionsBuilder options, OutboxTableOptions table, Action<IMutableModel>? refine)
        {
            // Models are cached by context type: each test has its own.
            options.EnableServiceProviderCaching(false);

            var packs = refine is null ? null : new PackChoice(refine);
            ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(OutboxModel.Asked(table, packs));
            return options.Options;
        }
    }
}
