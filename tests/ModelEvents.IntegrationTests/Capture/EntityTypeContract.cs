using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Catalog;
using ModelEvents.Models;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Capture;

/// <summary>
/// Entity types that are no class of their own: generic ones, as ASP.NET Core Identity has, and those that share a CLR type,
/// such as property bags.
/// </summary>
public abstract class EntityTypeContract : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private ServiceProvider? _services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
        {
            options.ServiceName = "club";
            options.Dispatcher.Enabled = false;
            options.Model<IdentityUser>(user => user.Include(u => u.Id, u => u.UserName));
            options.Models.Add(new ModelOptions { Model = "IdentityUserRole" });
            options.Models.Add(new ModelOptions { Model = "IdentityRoleClaim<string>" });
            options.Models.Add(new ModelOptions { Model = "Badge" });
            options.Models.Add(new ModelOptions { Model = "badge_log", Serializer = nameof(BagSerializer) });
            Configure(options);
        }).Capture<ClubContext>().UsePostgreSqlWal();
        services.AddDbContextFactory<ClubContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
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

    protected virtual async Task<IReadOnlyList<ModelEvent>> TakeAsync() => await new CapturedStore(Services).TakeEventsAsync();

    protected IServiceProvider Services => _services!;

    [Fact]
    public void Generic_models_are_named_without_and_told_apart_by_their_type_arguments()
    {
        var models = _services!.GetRequiredService<ModelListProvider>().Current.Models;

        Assert.Equal(
            [
                ("Microsoft.AspNetCore.Identity.IdentityUser", "identity_user"),
                ("Microsoft.AspNetCore.Identity.IdentityUserRole<String>", "identity_user_role"),
                ("Microsoft.AspNetCore.Identity.IdentityRoleClaim<String>", "identity_role_claim"),
                ("Badge", "badge"),
                ("BadgeLog", "badge_log"),
            ],
            models.Select(model => (model.Name, model.Prefix)));
    }

    [Fact]
    public async Task Changes_of_generic_models_are_events()
    {
        await using var context = NewContext();
        var role = new IdentityRole("admin");
        var user = new IdentityUser("ann");
        context.AddRange(role, user);
        await context.SaveChangesAsync(Cancellation);
        context.Add(new IdentityUserRole<string> { RoleId = role.Id, UserId = user.Id });
        await context.SaveChangesAsync(Cancellation);
        context.Add(new IdentityRoleClaim<string> { RoleId = role.Id, ClaimType = "a", ClaimValue = "b" });
        await context.SaveChangesAsync(Cancellation);
        context.RemoveRange(context.UserRoles);
        await context.SaveChangesAsync(Cancellation);

        var events = await TakeAsync();
        Assert.Equal(
            ["identity_user__created", "identity_user_role__created", "identity_role_claim__created", "identity_user_role__deleted"],
            events.Select(e => e.Name));
        Assert.Equal("Microsoft.AspNetCore.Identity.IdentityUserRole<String>", events[1].Model);
        Assert.Equal(
            (role.Id, user.Id),
            ((string?)CapturedStore.Body(events[1])["role_id"], (string?)CapturedStore.Body(events[1])["user_id"]));
        Assert.True((int?)CapturedStore.Body(events[2])["id"] > 0);
    }

    [Fact]
    public async Task Changes_of_property_bags_are_events_each_of_its_own_model()
    {
        await using var context = NewContext();
        var badge = new Dictionary<string, object> { ["Label"] = "gold" };
        var entry = new Dictionary<string, object> { ["Text"] = "made" };
        var other = new Dictionary<string, object> { ["Text"] = "nobody listens" };
        context.Set<Dictionary<string, object>>("Badge").Add(badge);
        await context.SaveChangesAsync(Cancellation);
        context.Set<Dictionary<string, object>>("BadgeLog").Add(entry);
        context.Set<Dictionary<string, object>>("Unlisted").Add(other);
        await context.SaveChangesAsync(Cancellation);
        badge["Label"] = "silver";
        await context.SaveChangesAsync(Cancellation);
        context.Set<Dictionary<string, object>>("Badge").Remove(badge);
        await context.SaveChangesAsync(Cancellation);

        var events = await TakeAsync();
        Assert.Equal(
            ["badge__created", "badge_log__created", "badge__updated", "badge__deleted"], events.Select(e => e.Name));
        Assert.Equal($$"""{"id":{{badge["Id"]}},"label":"gold"}""", CapturedStore.Body(events[0]).ToJsonString());
        Assert.Equal($$"""{"number":{{entry["Id"]}},"said":"made"}""", CapturedStore.Body(events[1]).ToJsonString());
        Assert.Equal(("label", "silver"), (events[2].Headers[EventHeaders.Changed], (string?)CapturedStore.Body(events[2])["label"]));
        Assert.Equal($"{badge["Id"]}", events[3].Key);
    }

    [Fact]
    public void Property_bags_are_in_the_catalog()
    {
        var known = _services!.GetRequiredService<IModelEventCatalog>().Events.Single(e => e.Name == "badge__created");

        Assert.Equal("Badge", known.Model);
        Assert.Contains("\"label\"", known.BodySchema.GetRawText());
    }

    private ClubContext NewContext() =>
        _services!.GetRequiredService<IDbContextFactory<ClubContext>>().CreateDbContext();

    public sealed class BagSerializer : IModelSerializer<Dictionary<string, object>>
    {
        public object Serialize(Dictionary<string, object> model) => new { Number = model["Id"], Said = model["Text"] };
    }

    private sealed class ClubContext(DbContextOptions<ClubContext> options) : IdentityDbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder builder)
        {
            base.OnModelCreating(builder);
            builder.SharedTypeEntity<Dictionary<string, object>>("Badge", badge =>
            {
                badge.IndexerProperty<int>("Id");
                badge.IndexerProperty<string>("Label");
            });
            foreach (var name in (string[])["BadgeLog", "Unlisted"])
            {
                builder.SharedTypeEntity<Dictionary<string, object>>(name, log =>
                {
                    log.IndexerProperty<long>("Id");
                    log.IndexerProperty<string>("Text");
                });
            }
        }
    }
}

public sealed class EntityTypeTests : EntityTypeContract
{
    protected override void Configure(ModelEventsOptions options) => options.Delivery = DeliveryMode.Outbox;
}
