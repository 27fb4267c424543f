using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Migrations;
using ModelEvents.Outbox;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.Conventions;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Internal;

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

    [Fact]
    public void Conventions_of_the_users_own_change_neither_names_nor_sizes()
    {
        using var context = new AnyContext(UseNpgsql(), _ => { }, new OutboxTableOptions(), refine: null)
        {
            Convention = new Renaming(),
        };
        var row = context.GetService<IDesignTimeModel>().Model.FindEntityType(typeof(OutboxRow))!;

        Assert.Equal("model_events_outbox", row.GetTableName());
        Assert.Equal("event_id", row.FindProperty(nameof(OutboxRow.EventId))!.GetColumnName());
        Assert.Equal("text", row.FindProperty(nameof(OutboxRow.Name))!.GetColumnType());
        Assert.Null(row.FindProperty(nameof(OutboxRow.Name))!.GetMaxLength());
        Assert.Equal(200, row.FindProperty(nameof(OutboxRow.Handler))!.GetMaxLength());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_history_of_migrations_has_none_of_the_tables(bool isCustom)
    {
        var options = UseNpgsql();
        if (isCustom)
            options.ReplaceService<IHistoryRepository, OwnHistory>();
        using var context = new AnyContext(
            options, model => model.HasDefaultSchema("shop"), new OutboxTableOptions(), refine: null);

        var script = context.GetService<IHistoryRepository>().GetCreateScript();

        Assert.Contains(isCustom ? "applied_as" : "MigrationId", script, StringComparison.Ordinal);
        Assert.DoesNotContain("model_events", script, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_maps_the_history_too_has_the_tables()
    {
        var row = Row(UseNpgsql, model =>
        {
            model.Entity<HistoryRow>().Property(history => history.ProductVersion);
            model.Entity<HistoryRow>().HasKey(history => history.MigrationId);
            model.Entity<Seed>();
        });

        Assert.Equal("model_events_outbox", row.GetTableName());
    }

    [Fact]
    public void A_type_that_is_only_queried_brings_none_of_the_tables_along()
    {
        var options = UseNpgsql();
        options.ReplaceService<IAdHocMapper, WatchedMapper>();
        using var context = new AnyContext(options, _ => { }, new OutboxTableOptions(), refine: null);
        var mapper = (WatchedMapper)context.GetService<IAdHocMapper>();

        mapper.GetOrAddEntityType(typeof(Seed));
        mapper.GetOrAddEntityType(typeof(Sapling));

        Assert.Equal([typeof(Seed), typeof(Sapling)], mapper.Built);
    }

    [Fact]
    public void A_model_that_is_built_apart_has_the_same_tables_by_a_call()
    {
        var builder = NpgsqlConventionSetBuilder.CreateModelBuilder();
        builder.ExcludeModelEventsFromMigrations().AddModelEventsPostgreSqlOutbox("events", "bus");
        var portable = NpgsqlConventionSetBuilder.CreateModelBuilder();
        portable.HasDefaultSchema("shop").AddModelEventsOutbox().ExcludeModelEventsFromMigrations();

        var packs = builder.FinalizeModel().FindEntityType(typeof(PackRow))!;
        var leases = portable.FinalizeModel().FindEntityType(typeof(LaneLease))!;

        Assert.Equal(("bus", "events_packs"), (packs.GetSchema(), packs.GetTableName()));
        Assert.Equal(128, packs.FindProperty(nameof(PackRow.Id))!.GetIdentityIncrementBy());
        Assert.Equal(("shop", "model_events_outbox_leases"), (leases.GetSchema(), leases.GetTableName()));
        Assert.True(packs.IsTableExcludedFromMigrations() && leases.IsTableExcludedFromMigrations());
    }

    [Fact]
    public void What_the_models_own_code_adds_stays_as_it_says()
    {
        var row = Row(UseNpgsql, model => model.AddModelEventsOutbox("events"), new OutboxTableOptions { Table = "others" });

        Assert.Equal("events", row.GetTableName());
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
        public IModelFinalizingConvention? Convention { get; init; }

        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        {
            if (Convention is not null)
                configurationBuilder.Conventions.Add(_ => Convention);
        }

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

    private sealed class Seed
    {
        public int Id { get; set; }
    }

    private sealed class Sapling
    {
        public int Height { get; set; }
    }

    private sealed class WatchedMapper(AdHocMapperDependencies dependencies)
        : AdHocMapper(dependencies), IModelFinalizedConvention
    {
        public List<Type> Built { get; } = [];

        public override ConventionSet BuildConventionSet()
        {
            var conventions = base.BuildConventionSet();
            conventions.ModelFinalizedConventions.Insert(0, this);
            return conventions;
        }

        public IModel ProcessModelFinalized(IModel model)
        {
            Built.AddRange(model.GetEntityTypes().Select(type => type.ClrType));
            return model;
        }
    }

    /// <summary>Renames whatever there is, in the strongest way, and limits every text.</summary>
    private sealed class Renaming : IModelFinalizingConvention
    {
        public void ProcessModelFinalizing(
            IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            foreach (var type in ((IMutableModel)modelBuilder.Metadata).GetEntityTypes())
            {
                type.SetTableName(type.GetTableName() + "_renamed");
                foreach (var property in type.GetProperties())
                {
                    property.SetColumnName(property.GetColumnName().ToUpperInvariant());
                    if (property.ClrType == typeof(string))
                        ((IConventionProperty)property).Builder.HasMaxLength(20);
                }
            }
        }
    }

#pragma warning disable EF1001 // As users derive from it to name the table's columns.
    private sealed class OwnHistory(HistoryRepositoryDependencies dependencies) : NpgsqlHistoryRepository(dependencies)
#pragma warning restore EF1001
    {
        protected override void ConfigureTable(EntityTypeBuilder<HistoryRow> history)
        {
            base.ConfigureTable(history);
            history.Property(row => row.MigrationId).HasColumnName("applied_as");
        }
    }
}
