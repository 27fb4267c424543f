using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>What rows tell otherwise than instances: alike on both sources where that can be.</summary>
public sealed class LogDifferenceTests : IAsyncLifetime
{
    private TwoSources<Library> _sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sources = await TwoSources<Library>.CreateAsync(
        options => options.Model<Book>().Model<Topic>().Model<Work>());

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task A_type_whose_base_has_a_table_and_instances_of_its_own()
    {
        await using var context = _sources.NewContext();
        var (work, film) = (new Work { Id = 1, Name = "a" }, new Film { Id = 2, Name = "b", Length = 3 });
        context.Add(work);
        await context.SaveChangesAsync(Cancellation);
        context.Add(film);
        await context.SaveChangesAsync(Cancellation);
        film.Name = "c";
        await context.SaveChangesAsync(Cancellation);
        var told = (await _sources.ToldAlikeAsync()).ToList();
        film.Length = 4;
        await context.SaveChangesAsync(Cancellation);
        work.Name = "d";
        await context.SaveChangesAsync(Cancellation);
        told.AddRange(await _sources.ToldAlikeAsync());
        context.Remove(film);
        await context.SaveChangesAsync(Cancellation);
        told.AddRange(await _sources.ToldAlikeAsync());

        Assert.Contains("""work__updated 2 {"id":2,"name":"c","length":3} name""", told);
        Assert.Contains("""work__deleted 2 {"id":2,"name":"c","length":4}""", told);
    }

    [Fact]
    public async Task An_instance_in_the_place_of_another_with_its_key_and_all_that_belongs_to_it()
    {
        await using var context = _sources.NewContext();
        var book = new Book { Id = 1, Title = "a", Pages = { new Page { Number = 1 } }, Topics = { new Topic { Id = 2 } } };
        context.Add(book);
        await context.SaveChangesAsync(Cancellation);
        context.Remove(book);
        context.Add(new Book { Id = 1, Title = "b", Pages = { new Page { Number = 2 } } });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(
            ["book__created", "topic__created", "book__updated", "topic__updated"],
            (await _sources.ToldAsync()).Logged.Select(told => told.Split(' ')[0]));
    }

    [Fact]
    public async Task What_another_program_gives_to_another_owner_is_an_update_of_both()
    {
        await using var context = _sources.NewContext();
        context.AddRange(
            new Book { Id = 1, Pages = { new Page { Number = 7 } }, Topics = { new Topic { Id = 3 } } }, new Book { Id = 2 });
        await context.SaveChangesAsync(Cancellation);
        await _sources.ToldAsync();
        await context.Database.ExecuteSqlAsync($"UPDATE pages SET \"BookId\" = 2", Cancellation);
        await context.Database.ExecuteSqlAsync($"UPDATE \"Shelving\" SET \"BookId\" = 2", Cancellation);

        Assert.Equal(
            [
                "book__updated 1 pages",
                "book__updated 2 pages",
                """book__updated 1 {"topics":{"added":[],"removed":["3"]}}""",
                """topic__updated 3 {"books":{"added":["2"],"removed":["1"]}}""",
                """book__updated 2 {"topics":{"added":["3"],"removed":[]}}""",
            ],
            (await _sources.ToldAsync()).Logged.Select(told => told.Split(' ')).Select(told => $"{told[0]} {told[1]} {told[^1]}"));
    }

    private sealed class Book
    {
        public int Id { get; set; }

        public string Title { get; set; } = "";

        public List<Page> Pages { get; } = [];

        public List<Topic> Topics { get; } = [];
    }

    private sealed class Page
    {
        public int Number { get; set; }
    }

    private sealed class Topic
    {
        public int Id { get; set; }

        public List<Book> Books { get; } = [];
    }

    private sealed class Shelving
    {
        public int BookId { get; set; }

        public int TopicId { get; set; }

        public string Note { get; set; } = "";
    }

    private class Work
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";
    }

    private sealed class Film : Work
    {
        public int Length { get; set; }
    }

    private sealed class Library(DbContextOptions<Library> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Book>(book =>
            {
                book.Property(b => b.Id).ValueGeneratedNever();
                book.OwnsMany(b => b.Pages, page =>
                {
                    page.ToTable("pages").WithOwner().HasForeignKey("BookId");
                    page.Property(p => p.Number).ValueGeneratedNever();
                    page.HasKey(p => p.Number);
                });
                book.HasMany(b => b.Topics).WithMany(topic => topic.Books).UsingEntity<Shelving>(
                    join => join.HasOne<Topic>().WithMany().HasForeignKey(s => s.TopicId),
                    join => join.HasOne<Book>().WithMany().HasForeignKey(s => s.BookId));
            });
            modelBuilder.Entity<Topic>().Property(topic => topic.Id).ValueGeneratedNever();
            modelBuilder.Entity<Work>().ToTable("works").Property(work => work.Id).ValueGeneratedNever();
            modelBuilder.Entity<Film>().ToTable("films");
        }
    }
}
