using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Links whose rows hold more than two keys, as both sources tell them.</summary>
public sealed class LogLinksTests : IAsyncLifetime
{
    private TwoSources<Library> _sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _sources = await TwoSources<Library>.CreateAsync(options => options.Model<Book>());

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task What_else_a_link_holds_is_a_change_of_its_owner_without_keys()
    {
        await using var context = _sources.NewContext();
        var book = new Book { Title = "a", Shelves = { new Shelf() } };
        context.Add(book);
        await context.SaveChangesAsync(Cancellation);
        await _sources.ToldAlikeAsync();

        var place = await context.Set<Place>().SingleAsync(Cancellation);
        place.Note = "left";
        await context.SaveChangesAsync(Cancellation);
        await context.Database.ExecuteSqlRawAsync("""UPDATE "Place" SET "Note" = "Note" """, Cancellation);
        context.Remove(place);
        context.Add(new Place { BookId = place.BookId, ShelfId = place.ShelfId, Note = "right" });
        await context.SaveChangesAsync(Cancellation);

        var told = await _sources.ToldAlikeAsync(WithoutLists);
        Assert.Equal(["book__updated 1 shelves", "book__updated 1 shelves"], told);
    }

    [Fact]
    public async Task Links_that_the_database_deletes_are_told_by_the_log_alone()
    {
        await using (var context = _sources.NewContext())
        {
            context.Add(new Book { Title = "a", Shelves = { new Shelf() } });
            await context.SaveChangesAsync(Cancellation);
            await _sources.ToldAlikeAsync();
        }

        await using (var context = _sources.NewContext())
        {
            context.Remove(await context.Set<Shelf>().SingleAsync(Cancellation));
            await context.SaveChangesAsync(Cancellation);
        }

        var (tracked, logged) = await _sources.ToldAsync();
        Assert.Empty(tracked);
        Assert.Equal(["""book__updated 1 shelves {"shelves":{"added":[],"removed":["1"]}}"""], logged.Select(WithoutLists));
    }

    /// <summary>The log knows no links that the program has loaded.</summary>
    private static string WithoutLists(string told) =>
        $"{told[..told.IndexOf('{', StringComparison.Ordinal)]}{told[(told.IndexOf("} ", StringComparison.Ordinal) + 2)..]}"
            .Replace("  ", " ", StringComparison.Ordinal);

    private sealed class Book
    {
        public int Id { get; set; }

        public string Title { get; set; } = "";

        public List<Shelf> Shelves { get; } = [];
    }

    private sealed class Shelf
    {
        public int Id { get; set; }

        public List<Book> Books { get; } = [];
    }

    private sealed class Place
    {
        public int BookId { get; set; }

        public int ShelfId { get; set; }

        public string? Note { get; set; }
    }

    private sealed class Library(DbContextOptions<Library> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Book>()
            .HasMany(book => book.Shelves).WithMany(shelf => shelf.Books)
            .UsingEntity<Place>(
                place => place.HasOne<Shelf>().WithMany().HasForeignKey(p => p.ShelfId),
                place => place.HasOne<Book>().WithMany().HasForeignKey(p => p.BookId));
    }
}
