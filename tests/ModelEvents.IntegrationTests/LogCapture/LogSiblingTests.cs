using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Types of one hierarchy whose base has a table for all: which of them a row is, and whether a listed one.</summary>
public sealed class LogSiblingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_is_not_listed_is_not_told_as_its_sibling()
    {
        await using var sources = await TwoSources<Zoo>.CreateAsync(options => options.Model<Dog>());
        await using var context = sources.NewContext();
        var (cat, dog) = (new Cat { Id = 1, Name = "a" }, new Dog { Id = 2, Name = "a" });
        context.AddRange(cat, dog);
        await context.SaveChangesAsync(Cancellation);
        var told = (await sources.ToldAlikeAsync()).ToList();
        (cat.Name, dog.Name) = ("b", "b");
        await context.SaveChangesAsync(Cancellation);
        told.AddRange(await sources.ToldAlikeAsync());
        context.RemoveRange(cat, dog);
        await context.SaveChangesAsync(Cancellation);
        told.AddRange(await sources.ToldAlikeAsync());

        Assert.Equal(
            [
                """dog__created 2 {"id":2,"name":"a","breed":null}""",
                """dog__updated 2 {"id":2,"name":"b","breed":null} name""",
                """dog__deleted 2 {"id":2,"name":"b","breed":null}""",
            ],
            told);
    }

    [Fact]
    public async Task One_that_is_gone_is_told_by_its_rows_and_not_where_they_do_not_tell_which_it_is()
    {
        await using var sources = await TwoSources<Zoo>.CreateAsync(options => options.Model<Dog>().Model<Cat>());
        await using var context = sources.NewContext();
        Animal[] animals = [new Cat { Id = 1, Name = "a" }, new Dog { Id = 2, Name = "a" }, new Bird { Id = 3, Name = "a" }];
        context.AddRange(animals);
        await context.SaveChangesAsync(Cancellation);
        foreach (var animal in animals)
            animal.Name = "b";
        await context.SaveChangesAsync(Cancellation);
        context.RemoveRange(animals);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            [
                """cat__created 1 {"id":1,"name":"a","claw":null}""",
                """cat__deleted 1 {"id":1,"name":"b","claw":null}""",
                """dog__created 2 {"id":2,"name":"a","breed":null}""",
                """dog__deleted 2 {"id":2,"name":"b","breed":null}""",
            ],
            (await sources.ToldAsync()).Logged.Order());
    }

    [Fact]
    public async Task Updates_of_the_table_of_all_are_told_whole()
    {
        await using var sources = await TwoSources<Zoo>.CreateAsync(options => options.Model<Animal>().Model<Cat>());
        await using var context = sources.NewContext();
        Animal[] animals = [new Cat { Id = 1, Name = "a", Claw = "c" }, new Dog { Id = 2, Name = "a", Breed = "b" }];
        context.AddRange(animals);
        await context.SaveChangesAsync(Cancellation);
        await sources.ToldAsync();
        foreach (var animal in animals)
            animal.Name = "b";
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            [
                """animal__updated 2 {"id":2,"name":"b","breed":"b"} name""",
                """cat__updated 1 {"id":1,"name":"b","claw":"c"} name""",
            ],
            (await sources.ToldAsync()).Logged.Order());
    }

    private abstract class Animal
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";
    }

    private sealed class Dog : Animal
    {
        public string? Breed { get; set; }
    }

    private sealed class Cat : Animal
    {
        public string? Claw { get; set; }
    }

    private sealed class Bird : Animal;

    private sealed class Zoo(DbContextOptions<Zoo> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Animal>().UseTptMappingStrategy().Property(animal => animal.Id).ValueGeneratedNever();
            modelBuilder.Entity<Dog>();
            modelBuilder.Entity<Cat>();
            modelBuilder.Entity<Bird>();
        }
    }
}
