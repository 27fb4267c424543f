using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Receivers;

/// <summary>Links of other shapes than two navigations and whole-number keys.</summary>
public sealed class LinkSideTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly IServiceScope _scope;
    private readonly LibraryContext _context;
    private readonly List<(object Model, LinkAction Action, bool Reverse, Type Other, object[] Keys)> _told = [];

    public LinkSideTests()
    {
        var services = new ServiceCollection();
        services.AddModelEvents(options => (options.ServiceName, options.AllowEmpty) = ("library", true)).Capture<LibraryContext>();
        services.AddDbContext<LibraryContext>(options => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}"));
        _services = services.BuildServiceProvider();
        _scope = _services.CreateScope();
        _context = _scope.ServiceProvider.GetRequiredService<LibraryContext>();
        _services.GetRequiredService<IModelReceivers>().LinksChanged<object>((model, links, _) =>
        {
            _told.Add((model, links.Action, links.Reverse, links.OtherModel, [.. links.Keys]));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void Of_a_relationship_with_one_navigation_property_the_side_without_one_is_reverse()
    {
        var (book, word) = (new Book { Shelf = "a", Number = 1 }, new Word { Text = "red" });

        book.Words.Add(word);
        _context.Add(book);
        _context.SaveChanges();

        Assert.Equal(
            [
                (book, LinkAction.PreAdd, false, typeof(Word)), (word, LinkAction.PreAdd, true, typeof(Book)),
                (book, LinkAction.PostAdd, false, typeof(Word)), (word, LinkAction.PostAdd, true, typeof(Book)),
            ],
            _told.Select(call => (call.Model, call.Action, call.Reverse, call.Other)));
        Assert.Equal(["red"], _told[0].Keys);
    }

    [Fact]
    public void A_composite_key_is_told_as_the_text_of_an_array()
    {
        var (book, word) = (new Book { Shelf = "a", Number = 1 }, new Word { Text = "red" });

        book.Words.Add(word);
        _context.Add(book);
        _context.SaveChanges();

        Assert.All(_told.Where(call => call.Reverse), call => Assert.Equal(["[\"a\",1]"], call.Keys));
    }

    [Fact]
    public void A_link_with_a_class_of_its_own_is_told_as_a_link_too()
    {
        var (reader, book) = (new Reader { Name = "Ann" }, new Book { Shelf = "b", Number = 2 });
        _context.AddRange(reader, book);
        _context.SaveChanges();

        _context.Add(new Loan { ReaderName = "Ann", Shelf = "b", Number = 2 });
        _context.SaveChanges();

        Assert.Equal(
            [LinkAction.PreAdd, LinkAction.PreAdd, LinkAction.PostAdd, LinkAction.PostAdd],
            _told.Select(call => call.Action));
        Assert.Equal([reader, book, reader, book], _told.Select(call => call.Model));
    }

    [Fact]
    public void A_link_that_is_replaced_by_another_of_the_same_is_not_told()
    {
        var loan = new Loan { ReaderName = "Ann", Shelf = "c", Number = 3 };
        _context.AddRange(new Reader { Name = "Ann" }, new Book { Shelf = "c", Number = 3 }, loan);
        _context.SaveChanges();
        _told.Clear();

        _context.Remove(loan);
        _context.Add(new Loan { ReaderName = "Ann", Shelf = "c", Number = 3 });
        _context.SaveChanges();

        Assert.Empty(_told);
    }

    [Fact]
    public void Links_between_instances_of_one_model_are_told_from_both_ends()
    {
        var (ann, bob) = (new Reader { Name = "Ann" }, new Reader { Name = "Bob" });
        _context.AddRange(ann, bob);
        _context.SaveChanges();

        ann.Follows.Add(bob);
        ann.Follows.Add(ann);
        _context.SaveChanges();

        var told = _told.Select(call => (call.Model, call.Action, call.Reverse, string.Join(',', call.Keys.Order())));
        Assert.Equal(
            [
                (ann, LinkAction.PreAdd, false, "Ann,Bob"), (bob, LinkAction.PreAdd, true, "Ann"), (ann, LinkAction.PreAdd, true, "Ann"),
                (ann, LinkAction.PostAdd, false, "Ann,Bob"), (bob, LinkAction.PostAdd, true, "Ann"), (ann, LinkAction.PostAdd, true, "Ann"),
            ],
            told);
    }

    [Fact]
    public void Of_links_with_a_key_of_their_own_one_side_is_reverse()
    {
        var (reader, book) = (new Reader { Name = "Ann" }, new Book { Shelf = "d", Number = 4 });

        reader.Reviewed.Add(book);
        _context.Add(reader);
        _context.SaveChanges();
        book.Reviewers.Clear();
        _context.SaveChanges();

        Assert.Equal(
            [
                LinkAction.PreAdd, LinkAction.PreAdd, LinkAction.PostAdd, LinkAction.PostAdd,
                LinkAction.PreRemove, LinkAction.PreRemove, LinkAction.PostRemove, LinkAction.PostRemove,
            ],
            _told.Select(call => call.Action));
        Assert.All(_told, call => Assert.Equal(call.Model is Book, call.Reverse));
    }

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
    }

    private sealed class Book
    {
        public string Shelf { get; set; } = "";

        public int Number { get; set; }

        public List<Word> Words { get; } = [];

        public List<Reader> Readers { get; } = [];

        public List<Reader> Reviewers { get; } = [];
    }

    private sealed class Word
    {
        public string Text { get; set; } = "";
    }

    private sealed class Reader
    {
        public string Name { get; set; } = "";

        public List<Book> Books { get; } = [];

        public List<Book> Reviewed { get; } = [];

        public List<Reader> Follows { get; } = [];

        public List<Reader> FollowedBy { get; } = [];
    }

    private sealed class Loan
    {
        public string ReaderName { get; set; } = "";

        public string Shelf { get; set; } = "";

        public int Number { get; set; }
    }

    private sealed class Review
    {
        public int Id { get; set; }

        public string ReaderName { get; set; } = "";

        public string Shelf { get; set; } = "";

        public int Number { get; set; }
    }

    private sealed class LibraryContext(DbContextOptions<LibraryContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Book>().HasKey(b => new { b.Shelf, b.Number });
            modelBuilder.Entity<Word>().HasKey(w => w.Text);
            modelBuilder.Entity<Reader>().HasKey(r => r.Name);
            modelBuilder.Entity<Book>().HasMany(b => b.Words).WithMany();
            modelBuilder.Entity<Reader>().HasMany(r => r.Books).WithMany(b => b.Readers).UsingEntity<Loan>(
                right => right.HasOne<Book>().WithMany().HasForeignKey(l => new { l.Shelf, l.Number }),
                left => left.HasOne<Reader>().WithMany().HasForeignKey(l => l.ReaderName),
                loan => loan.HasKey(l => new { l.ReaderName, l.Shelf, l.Number }));
            modelBuilder.Entity<Reader>().HasMany(r => r.Reviewed).WithMany(b => b.Reviewers).UsingEntity<Review>(
                right => right.HasOne<Book>().WithMany().HasForeignKey(r => new { r.Shelf, r.Number }),
                left => left.HasOne<Reader>().WithMany().HasForeignKey(r => r.ReaderName),
                review => review.HasKey(r => r.Id));
            modelBuilder.Entity<Reader>().HasMany(r => r.Follows).WithMany(r => r.FollowedBy);
        }
    }
}
