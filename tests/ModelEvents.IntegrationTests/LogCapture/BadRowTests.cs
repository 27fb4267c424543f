using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>A row that no event can be made of is parked with the reason, wherever that is found; others go on.</summary>
public sealed class BadRowTests : IAsyncLifetime
{
    private LoggedDatabase<Fleet> _log = null!;

    public async ValueTask InitializeAsync() => _log = await LoggedDatabase<Fleet>.CreateAsync(options => options
        .Model<Vehicle>().Model<Ship>().Model<Animal>().Model<Trip>(trip => trip.LoadNavigations("Stops")));

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task A_discriminator_that_cannot_be_converted()
    {
        await _log.ExecuteAsync(
            """INSERT INTO "Vehicles" VALUES (1, 'Boat'), (2, 'Car'), (3, 'Car')""",
            """UPDATE "Vehicles" SET "Kind" = 'Car' WHERE "Id" = 1""",
            """UPDATE "Vehicles" SET "Kind" = 'Boat' WHERE "Id" = 2""",
            """DELETE FROM "Vehicles" WHERE "Id" = 2""",
            """DELETE FROM "Vehicles" WHERE "Id" = 3""");

        Assert.Equal(["vehicle__created 2", "vehicle__created 3", "vehicle__deleted 3"], await NamesAsync());
        var parked = await _log.ParkedAsync();
        Assert.Equal(
            ["vehicle__created 1", "vehicle__updated 1", "vehicle__updated 2", "vehicle__deleted 2"],
            parked.Select(one => $"{one.Event.Name} {one.Event.Key}"));
        Assert.All(parked, one => Assert.Contains("'Boat'", one.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_of_what_is_owned_in_another_table()
    {
        await _log.ExecuteAsync(
            """
            BEGIN;
            INSERT INTO "Ships" VALUES (1), (2), (3);
            INSERT INTO "Crew" VALUES (11, 1, 'Pirate'), (12, 2, 'Cook');
            COMMIT;
            INSERT INTO "Crew" VALUES (13, 1, 'Cook'), (14, 3, 'Cook');
            """);

        Assert.Equal(["ship__created 2", "ship__created 3", "ship__updated 3"], await NamesAsync());
        await ParkedAsync("'Pirate'", "ship__created 1", "ship__updated 1");
    }

    [Fact]
    public async Task A_value_of_a_navigation_that_is_loaded()
    {
        await _log.ExecuteAsync(
            """
            BEGIN;
            INSERT INTO "Trips" VALUES (1), (2);
            INSERT INTO "Stops" VALUES (11, 1, 'Moon'), (12, 2, 'Harbour');
            COMMIT;
            """);

        Assert.Equal(["trip__created 2"], await NamesAsync());
        await ParkedAsync("'Moon'", "trip__created 1");
    }

    [Fact]
    public async Task A_value_in_one_of_the_tables_of_a_type()
    {
        await _log.ExecuteAsync(
            """
            BEGIN;
            INSERT INTO "Animals" VALUES (1, 'a'), (2, 'b');
            INSERT INTO "Cats" VALUES (1, 'Octarine'), (2, 'Black');
            COMMIT;
            """,
            """UPDATE "Animals" SET "Name" = 'c'""");

        Assert.Equal(["animal__created 2", "animal__updated 2"], await NamesAsync());
        await ParkedAsync("'Octarine'", "animal__created 1", "animal__updated 1");
    }

    [Fact]
    public async Task A_table_whose_key_is_not_what_it_was()
    {
        await _log.ExecuteAsync(
            """INSERT INTO "Ships" VALUES (1)""",
            """ALTER TABLE "Ships" RENAME COLUMN "Id" TO "Number" """,
            """INSERT INTO "Ships" VALUES (2); INSERT INTO "Crew" VALUES (12, 2, 'Cook'); INSERT INTO "Vehicles" VALUES (1, 'Car')""",
            """ALTER TABLE "Ships" RENAME COLUMN "Number" TO "Id" """,
            """INSERT INTO "Ships" VALUES (3)""");

        Assert.Equal(["ship__created 1", "ship__updated 2", "vehicle__created 1", "ship__created 3"], await NamesAsync());
        var parked = Assert.Single(await _log.ParkedAsync());
        Assert.Equal(("ship__created", ""), (parked.Event.Name, parked.Event.Key));
        Assert.Contains("'Ships' has no column any more for 'Id'", parked.Error, StringComparison.Ordinal);
    }

    private async Task<IEnumerable<string>> NamesAsync() =>
        (await _log.TellAsync()).Select(told => string.Join(' ', told.Split(' ')[..2]));

    private async Task ParkedAsync(string reason, params string[] names)
    {
        var parked = await _log.ParkedAsync();
        Assert.Equal(names, parked.Select(one => $"{one.Event.Name} {one.Event.Key}"));
        Assert.All(parked, one => Assert.Contains(reason, one.Error, StringComparison.Ordinal));
    }

    private enum Kind
    {
        Vehicle,
        Car,
    }

    private enum Word
    {
        Cook,
        Harbour,
        Black,
    }

    private class Vehicle
    {
        public int Id { get; set; }

        public Kind Kind { get; set; }
    }

    private sealed class Car : Vehicle;

    private sealed class Ship
    {
        public int Id { get; set; }

        public List<Sailor> Crew { get; } = [];
    }

    private sealed class Sailor
    {
        public int Id { get; set; }

        public Word Rank { get; set; }
    }

    private class Animal
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";
    }

    private sealed class Cat : Animal
    {
        public Word Colour { get; set; }
    }

    private sealed class Trip
    {
        public int Id { get; set; }

        public List<Stop> Stops { get; } = [];
    }

    private sealed class Stop
    {
        public int Id { get; set; }

        public int TripId { get; set; }

        public Word Sort { get; set; }
    }

    private sealed class Fleet(DbContextOptions<Fleet> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Vehicle>().ToTable("Vehicles").HasDiscriminator(vehicle => vehicle.Kind)
                .HasValue<Vehicle>(Kind.Vehicle).HasValue<Car>(Kind.Car);
            modelBuilder.Entity<Vehicle>().Property(vehicle => vehicle.Kind).HasConversion<string>();
            modelBuilder.Entity<Ship>().ToTable("Ships").OwnsMany(ship => ship.Crew, sailor =>
            {
                sailor.ToTable("Crew");
                sailor.Property(s => s.Id).HasColumnOrder(0);
                sailor.Property<int>("ShipId").HasColumnOrder(1);
                sailor.WithOwner().HasForeignKey("ShipId");
                sailor.HasKey(s => s.Id);
                sailor.Property(s => s.Rank).HasConversion<string>().HasColumnOrder(2);
            });
            modelBuilder.Entity<Animal>().ToTable("Animals");
            modelBuilder.Entity<Cat>().ToTable("Cats").Property(cat => cat.Colour).HasConversion<string>();
            modelBuilder.Entity<Trip>().ToTable("Trips").HasMany(trip => trip.Stops).WithOne().HasForeignKey(stop => stop.TripId);
            modelBuilder.Entity<Stop>().ToTable("Stops").Property(stop => stop.Sort).HasConversion<string>();
        }
    }
}
