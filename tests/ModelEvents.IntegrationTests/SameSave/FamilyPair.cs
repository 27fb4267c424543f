using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>Two databases of one family's model, and a host for each: one with ModelEvents, one without.</summary>
internal sealed class FamilyPair(ServiceProvider plain, ServiceProvider captured, FamilyEvents events) : IAsyncDisposable
{
    private FamilyTables _plainTables = null!;
    private FamilyTables _capturedTables = null!;

    private bool _tellsStates;

    public IServiceProvider Captured => captured;

    public Task<(string Model, string Action)[]?> TakeEventsAsync(FamilyContext context) => events(context);

    /// <param name="behavior">The delete behaviour of all relationships.</param>
    /// <param name="configure">Says which database the host has: that with ModelEvents or the other.</param>
    /// <param name="capture">Completes the host with ModelEvents.</param>
    /// <param name="events">Takes the events of its saves.</param>
    /// <param name="tellsStates">Whether states of what is tracked must change, and failures be told, in the same order.</param>
    public static async Task<FamilyPair> CreateAsync(
        DeleteBehavior behavior,
        Action<DbContextOptionsBuilder, bool> configure,
        Action<CaptureBuilder<FamilyContext>> capture,
        FamilyEvents events,
        bool tellsStates = true)
    {
        var services = new ServiceCollection();
        var withEvents = new ServiceCollection();
        capture(withEvents.AddModelEvents(List).Capture<FamilyContext>());
        Add(services, behavior, options => configure(options, false));
        Add(withEvents, behavior, options => configure(options, true));
        var pair = new FamilyPair(services.BuildServiceProvider(), withEvents.BuildServiceProvider(), events) { _tellsStates = tellsStates };
        pair._plainTables = await pair.CreateTablesAsync(plainSide: true);
        pair._capturedTables = await pair.CreateTablesAsync(plainSide: false);
        return pair;
    }

    /// <summary>Lets both live through one random program.</summary>
    public async Task<FamilyProgram> RunAsync(CascadeTiming deletes, CascadeTiming orphans, int seed)
    {
        await ClearAsync(plain, _plainTables);
        await ClearAsync(captured, _capturedTables, events);
        await using var without = new FamilySide(plain, _plainTables, deletes, orphans, _tellsStates);
        await using var with = new FamilySide(captured, _capturedTables, deletes, orphans, _tellsStates);
        var program = new FamilyProgram(without, with, () => events(with.Context), seed);
        await program.RunAsync();
        return program;
    }

    public static (string Model, string Action) NameOf(ModelEvent one) =>
        ($"{one.Model} {one.Key}", one.Name[(one.Name.LastIndexOf('_') + 1)..]);

    public async ValueTask DisposeAsync()
    {
        await plain.DisposeAsync();
        await captured.DisposeAsync();
    }

    private static void Add(ServiceCollection services, DeleteBehavior behavior, Action<DbContextOptionsBuilder> configure)
    {
        services.AddSingleton(new FamilyShape(behavior));
        services.AddDbContext<FamilyContext>(options => configure(options.AmongMany()));
    }

    private static void List(ModelEventsOptions options)
    {
        options.ServiceName = "family";
        options.Dispatcher.Enabled = false;
        options.Model<Parent>().Model<Child>().Model<Guest>().Model<Line>().Model<Passport>().Model<Item>().Model<Tag>()
            .Model<Membership>().Model<Node>().Model<Animal>().Model<Vehicle>().Model<Truck>().Model<Shape>();
        foreach (var model in options.Models)
            model.UncapturedWrites = UncapturedWrites.Ignore;
    }

    private async Task<FamilyTables> CreateTablesAsync(bool plainSide)
    {
        await using var scope = (plainSide ? plain : captured).CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<FamilyContext>();
        await context.Database.EnsureCreatedAsync();
        return new FamilyTables(context);
    }

    private static async Task ClearAsync(ServiceProvider services, FamilyTables tables, FamilyEvents? events = null)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<FamilyContext>();
        await context.Database.ExecuteSqlRawAsync(tables.Clear);
        if (events is not null)
            await events(context);
    }
}

/// <summary>
/// Takes the events that are committed: the model and key of each, and what happened to it. Nothing where they cannot be read.
/// </summary>
internal delegate Task<(string Model, string Action)[]?> FamilyEvents(FamilyContext context);
