using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>What belongs to an instance and is in its row or in a table of its own: there, none or not known.</summary>
public sealed class LogPartsTests : IAsyncLifetime
{
    private TwoSources<Book> _sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _sources = await TwoSources<Book>.CreateAsync(options => options.Model<Person>());

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task What_is_owned_in_a_table_of_its_own_is_left_out_of_a_body_where_the_owner_is_gone()
    {
        await using var context = _sources.NewContext();
        var (first, second) = (Filled(1), Filled(2));
        context.Add(first);
        await context.SaveChangesAsync(Cancellation);
        var whole = Assert.Single(await _sources.ToldAlikeAsync());
        context.Add(second);
        await context.SaveChangesAsync(Cancellation);
        context.RemoveRange(first, second);
        await context.SaveChangesAsync(Cancellation);

        Assert.Contains("""{"id":1,"name":null,"home":{"city":"c"},"phones":[{"number":"1"}],"work":{"city":"w"}}""", whole, Ordinal);
        Assert.Equal(
            [
                """person__created 2 {"id":2,"name":null,"home":{"city":"c"}}""",
                """person__deleted 1 {"id":1,"name":null,"home":{"city":"c"}}""",
                """person__deleted 2 {"id":2,"name":null,"home":{"city":"c"}}""",
            ],
            (await _sources.ToldAsync()).Logged.Order());
        var schema = _sources.LogCatalog.Events.First(one => one.Name == "person__deleted").BodySchema;
        Assert.Equal(["id", "name", "home"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task An_optional_complex_value_with_another_inside_that_is_none_is_told_alike()
    {
        await using var context = _sources.NewContext();
        var person = new Person { Id = 1 };
        context.Add(person);
        await context.SaveChangesAsync(Cancellation);
        var told = (await _sources.ToldAlikeAsync()).ToList();
        person.Name = new Name { Length = 3 };
        await context.SaveChangesAsync(Cancellation);
        person.Name = null;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            ["""person__created 1 {"id":1,"name":null,"home":null,"phones":[],"work":null}"""], told);
        Assert.EndsWith(
            """person__updated 1 {"id":1,"name":null,"home":null,"phones":[],"work":null} name""",
            (await _sources.ToldAsync()).Logged[^1],
            Ordinal);
    }

    private static StringComparison Ordinal => StringComparison.Ordinal;

    private static Person Filled(int id) => new()
    {
        Id = id,
        Home = new Address { City = "c" },
        Work = new Address { City = "w" },
        Phones = { new Phone { Number = "1" } },
    };

    private sealed class Person
    {
        public int Id { get; set; }

        public Name? Name { get; set; }

        public Address? Home { get; set; }

        public Address? Work { get; set; }

        public List<Phone> Phones { get; } = [];
    }

    private sealed class Name
    {
        public int Length { get; set; }

        public string? Short { get; set; }

        public Title? Title { get; set; }
    }

    private sealed class Title
    {
        public required string Word { get; set; }
    }

    private sealed class Address
    {
        public string City { get; set; } = "";
    }

    private sealed class Phone
    {
        public string Number { get; set; } = "";
    }

    private sealed class Book(DbContextOptions<Book> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Person>(person =>
        {
            person.Property(p => p.Id).ValueGeneratedNever();
            person.ComplexProperty(p => p.Name, name => name.ComplexProperty(n => n.Title));
            person.OwnsOne(p => p.Home);
            person.OwnsOne(p => p.Work, work => work.ToTable("work"));
            person.OwnsMany(p => p.Phones, phone => phone.ToTable("phones"));
        });
    }
}
