using System.ComponentModel;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Catalog;

/// <summary>A context with everything that a default body can have.</summary>
internal sealed class Library(DbContextOptions<Library> options) : DbContext(options)
{
    public DbSet<Book> Books => Set<Book>();

    public DbSet<Member> Members => Set<Member>();

    public DbSet<Loan> Loans => Set<Loan>();

    public DbSet<Reading> Readings => Set<Reading>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Book>().HasMany(book => book.Subjects).WithMany();
        modelBuilder.Entity<Book>().Property<string?>("ShelfMark");
        modelBuilder.Entity<Book>().ComplexProperty(book => book.Size);
        modelBuilder.Entity<Book>().ComplexCollection(book => book.Prints);
        modelBuilder.Entity<AudioBook>();
        modelBuilder.Entity<Subject>().HasKey(subject => new { subject.Field, subject.Number });
        modelBuilder.Entity<Member>().OwnsOne(member => member.Address, address => address.OwnsOne(a => a.Country));
        modelBuilder.Entity<Member>().OwnsMany(member => member.Cards);
        modelBuilder.Entity<Loan>().Property(loan => loan.Number).HasConversion(n => n.Value, v => new LoanNumber(v));
        modelBuilder.Entity<Loan>().Property(loan => loan.Stored).HasConversion<string>();
    }
}

internal enum LoanState
{
    Requested = 1,
    HandedOut = 2,
    Deleted = 9,
}

[Flags]
internal enum Marks
{
    None = 0,
    Late = 1,
    Damaged = 2,
}

internal readonly record struct LoanNumber(int Value);

internal sealed class Loan
{
    public int Id { get; set; }
    public LoanNumber Number { get; set; }
    public LoanState State { get; set; } = LoanState.Requested;
    public LoanState Stored { get; set; } = LoanState.Requested;
    public LoanState? Maybe { get; set; }
    public Marks Marks { get; set; }
    public bool IsDue { get; set; }
    public bool? IsLost { get; set; }
    public int Renewals { get; set; }
    public int? Fine { get; set; }
    public string Word { get; set; } = "";
    public string? MaybeWord { get; set; }
    public Guid Trace { get; set; }
    public int Revision { get; set; }
}

internal class Book
{
    public Guid Id { get; set; }
    public string Title { get; set; } = "";
    public string? Blurb { get; set; }
    public decimal Price { get; set; }
    public decimal? Discount { get; set; }
    public double Weight { get; set; }
    public double? Rating { get; set; }
    public DateOnly Printed { get; set; }
    public TimeOnly? Opens { get; set; }
    public TimeSpan Length { get; set; }
    public DateTimeOffset AddedAt { get; set; }
    public DateTime? SoldAt { get; set; }
    public byte[] Cover { get; set; } = [];
    public char Grade { get; set; } = 'a';
    public LoanState? LastState { get; set; }
    public List<string> Languages { get; set; } = [];
    public int? ParentId { get; set; }
    public Size Size { get; set; } = new();
    public List<Print> Prints { get; set; } = [];
    public List<Subject> Subjects { get; } = [];
}

internal sealed class AudioBook : Book
{
    public string Speaker { get; set; } = "";
}

internal sealed record Size
{
    public int Pages { get; set; }
    public double? Height { get; set; }
}

internal sealed record Print
{
    public int Year { get; set; }
    public double? Score { get; set; }
    public LoanState State { get; set; }
}

internal sealed class Subject
{
    public string Field { get; set; } = "";
    public int Number { get; set; }
}

internal sealed class Member
{
    public long Id { get; set; }
    public string Name { get; set; } = "";
    public Address? Address { get; set; }
    public List<Card> Cards { get; } = [];
}

internal sealed class Address
{
    public string Street { get; set; } = "";
    public Country? Country { get; set; }
}

internal sealed class Country
{
    public string Code { get; set; } = "";
}

internal sealed class Card
{
    public string Code { get; set; } = "";
    public bool IsValid { get; set; }
}

/// <summary>Published by serializers.</summary>
internal sealed class Reading
{
    public int Id { get; set; }
    public string Text { get; set; } = "";
}

internal sealed record ReadingBody(int Id, [property: Description("What was read.")] string Text)
{
    public string? Comment { get; init; }

    public LoanState State { get; init; } = LoanState.HandedOut;

    public IReadOnlyList<ReadingBody> Replies { get; init; } = [];
}

internal sealed class TypedReadingSerializer : IModelSerializer<Reading, ReadingBody>
{
    public ReadingBody Serialize(Reading model) =>
        new(model.Id, model.Text) { Replies = [new(0, "thanks") { Comment = "kind" }] };
}

internal sealed class UntypedReadingSerializer : IModelSerializer<Reading>
{
    public object Serialize(Reading model) => new { model.Text };
}

internal sealed class UntypedSubjectSerializer : IModelSerializer<Subject>
{
    public object Serialize(Subject model) => new { model.Field };
}
