using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Capture;

/// <summary>Changes of models in the rarer mappings: JSON columns, complex collections, optional complex types.</summary>
public abstract class MappingContract : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private ServiceProvider? _services;

    /// <summary>What is told of an update whose values before EF Core does not know.</summary>
    protected virtual string ChangedOfDetached => "*";

    protected IServiceProvider Services => _services!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        var services = new ServiceCollection();
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "mapping";
                options.Dispatcher.Enabled = false;
                options.Model<Part>();
                Configure(options);
            })
            .Capture<PartContext>().UsePostgreSqlWal();
        services.AddDbContextFactory<PartContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        _services = services.BuildServiceProvider();
        await using var context = NewContext();
        await context.Database.EnsureCreatedAsync(Cancellation);
        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services!.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract void Configure(ModelEventsOptions options);

    /// <summary>What a first start does beyond creating the tables.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected virtual async Task<IReadOnlyList<ModelEvent>> EventsAsync()
    {
        await using var session = await Services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        return [.. (await session.ClaimAsync(LaneSlice.All, 100, Cancellation)).Select(entry => entry.Event)];
    }

    [Fact]
    public async Task A_change_of_a_complex_collection_is_told_under_its_outermost_name()
    {
        await using var context = NewContext();
        var part = new Part { Holes = { new Hole { Size = 1 } }, Layout = { Cuts = { new Hole { Size = 2 } } } };
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Holes[0].Size = 3;
        await context.SaveChangesAsync(Cancellation);
        part.Layout.Cuts.Add(new Hole { Size = 4 });
        await context.SaveChangesAsync(Cancellation);

        var events = await EventsAsync();
        Assert.Equal(["holes", "layout"], events.Skip(1).Select(e => e.Headers[EventHeaders.Changed]));
        Assert.Equal("""[{"size":3}]""", CapturedStore.Body(events[1])["holes"]!.ToJsonString());
        Assert.Equal("""{"cuts":[{"size":2},{"size":4}]}""", CapturedStore.Body(events[2])["layout"]!.ToJsonString());
    }

    [Fact]
    public async Task A_delete_has_the_complex_values_that_were_stored()
    {
        await using var context = NewContext();
        var part = new Part { Holes = { new Hole { Size = 1 } }, Layout = { Cuts = { new Hole { Size = 2 } } } };
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Holes.Add(new Hole { Size = 3 });
        part.Layout.Cuts.Clear();
        context.Remove(part);
        await context.SaveChangesAsync(Cancellation);

        var deleted = CapturedStore.Body((await EventsAsync())[^1]);
        Assert.Equal("""[{"size":1}]""", deleted["holes"]!.ToJsonString());
        Assert.Equal("""{"cuts":[{"size":2}]}""", deleted["layout"]!.ToJsonString());
    }

    [Fact]
    public async Task Collections_that_are_written_with_the_values_they_had_are_no_change()
    {
        await using var context = NewContext();
        var part = new Part
        {
            Holes = { new Hole { Size = 1 } },
            Layout = { Cuts = { new Hole { Size = 2 } } },
            Sheet = new Sheet { Title = "a", Lines = { new SheetLine { Text = "1" } } },
        };
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Name = "written whole";
        context.Update(part);
        await context.SaveChangesAsync(Cancellation);
        part.Name = "replaced by equal ones";
        part.Holes = [new Hole { Size = 1 }];
        part.Layout = new Layout { Cuts = { new Hole { Size = 2 } } };
        part.Sheet = new Sheet { Title = "a", Lines = { new SheetLine { Text = "1" } } };
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["name", "name"], (await EventsAsync()).Skip(1).Select(e => e.Headers[EventHeaders.Changed]));
    }

    [Fact]
    public async Task An_update_of_a_detached_instance_with_complex_collections_does_not_know_what_changed()
    {
        await using var context = NewContext();
        context.Add(new Part { Id = 77, Holes = { new Hole { Size = 1 } } });
        await context.SaveChangesAsync(Cancellation);
        context.ChangeTracker.Clear();
        context.Update(new Part { Id = 77, Holes = { new Hole { Size = 2 } } });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(ChangedOfDetached, (await EventsAsync())[1].Headers[EventHeaders.Changed]);
    }

    [Fact]
    public async Task An_optional_complex_type_is_null_until_it_is_set()
    {
        await using var context = NewContext();
        var part = new Part();
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Coating = new Coating { Color = "red" };
        await context.SaveChangesAsync(Cancellation);

        var events = await EventsAsync();
        Assert.Null(CapturedStore.Body(events[0])["coating"]);
        Assert.Equal("coating", events[1].Headers[EventHeaders.Changed]);
        Assert.Equal("""{"color":"red"}""", CapturedStore.Body(events[1])["coating"]!.ToJsonString());
    }

    [Fact]
    public async Task A_change_inside_a_JSON_column_is_one_update_of_its_owner()
    {
        await using var context = NewContext();
        var part = new Part { Sheet = new Sheet { Title = "a", Lines = { new SheetLine { Text = "1" } } } };
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Sheet.Title = "b";
        part.Sheet.Lines.Add(new SheetLine { Text = "2" });
        await context.SaveChangesAsync(Cancellation);

        var updated = (await EventsAsync())[1];
        Assert.Equal("sheet", updated.Headers[EventHeaders.Changed]);
        Assert.Equal(
            """{"title":"b","lines":[{"text":"1"},{"text":"2"}]}""", CapturedStore.Body(updated)["sheet"]!.ToJsonString());
    }

    [Fact]
    public async Task A_value_of_the_users_that_is_a_concurrency_token_is_a_change()
    {
        await using var context = NewContext();
        var part = new Part { Name = "before" };
        context.Add(part);
        await context.SaveChangesAsync(Cancellation);
        part.Name = "after";
        await context.SaveChangesAsync(Cancellation);

        var updated = (await EventsAsync())[1];
        Assert.Equal("name", updated.Headers[EventHeaders.Changed]);
        Assert.Equal("after", (string?)CapturedStore.Body(updated)["name"]);
    }

    private PartContext NewContext() =>
        Services.GetRequiredService<IDbContextFactory<PartContext>>().CreateDbContext();

    private sealed class Part
    {
        public int Id { get; set; }

        [ConcurrencyCheck]
        public string Name { get; set; } = "";

        public List<Hole> Holes { get; set; } = [];

        public Layout Layout { get; set; } = new();

        public Coating? Coating { get; set; }

        public Sheet? Sheet { get; set; }
    }

    private sealed class Hole
    {
        public int Size { get; set; }
    }

    private sealed class Layout
    {
        public List<Hole> Cuts { get; set; } = [];
    }

    private sealed class Coating
    {
        public required string Color { get; set; }
    }

    private sealed class Sheet
    {
        public string Title { get; set; } = "";

        public List<SheetLine> Lines { get; set; } = [];
    }

    private sealed class SheetLine
    {
        public string Text { get; set; } = "";
    }

    private sealed class PartContext(DbContextOptions<PartContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Part>(part =>
        {
            part.ComplexCollection(p => p.Holes, holes => holes.ToJson());
            part.ComplexProperty(p => p.Layout, layout =>
            {
                layout.ToJson();
                layout.ComplexCollection(l => l.Cuts);
            });
            part.ComplexProperty(p => p.Coating);
            part.OwnsOne(p => p.Sheet, sheet =>
            {
                sheet.ToJson();
                sheet.OwnsMany(s => s.Lines);
            });
        });
    }
}
