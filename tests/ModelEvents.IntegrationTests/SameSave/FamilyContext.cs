using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>A family whose relationships all have one delete behaviour.</summary>
public sealed class FamilyContext(DbContextOptions<FamilyContext> options, FamilyShape shape) : DbContext(options)
{
    public DeleteBehavior Behavior => shape.Behavior;

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.ReplaceService<IModelCacheKeyFactory, FamilyKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Parent>(parent =>
        {
            parent.Property(p => p.Score).HasDefaultValue(5);
            parent.Property(p => p.Token).IsConcurrencyToken();
            parent.ComplexProperty(p => p.Size);
            parent.ComplexProperty(p => p.Spare);
            parent.OwnsOne(p => p.Address, address => address.OwnsOne(a => a.Country));
            parent.OwnsOne(p => p.Badge, badge => badge.ToTable("Badge"));
            // SQLite generates a key of one part only.
            parent.OwnsMany(p => p.Phones, phone => phone.HasKey("Id"));
            parent.HasMany(p => p.Tags).WithMany(t => t.Parents);
            parent.HasOne(p => p.Passport).WithOne(p => p.Parent).HasForeignKey<Passport>(p => p.Id);
            parent.HasOne(p => p.Locker).WithOne(l => l.Parent).HasForeignKey<Locker>(l => l.ParentId);
        });
        modelBuilder.Entity<Toy>();
        modelBuilder.Entity<Guest>().Property(g => g.Id).ValueGeneratedNever();
        modelBuilder.Entity<Line>().HasKey(l => new { l.ParentId, l.Number });
        modelBuilder.Entity<Membership>().HasKey(m => new { m.ParentId, m.GroupId });
        modelBuilder.Entity<Node>().Property(n => n.Id).ValueGeneratedNever();
        modelBuilder.Entity<Node>().HasOne(n => n.Up).WithMany(n => n.Downs).HasForeignKey(n => n.UpId);
        modelBuilder.Entity<Cat>();
        modelBuilder.Entity<Dog>();
        modelBuilder.Entity<Vehicle>().UseTptMappingStrategy();
        modelBuilder.Entity<Truck>();
        modelBuilder.Entity<Shape>().UseTpcMappingStrategy().Property(s => s.Id).ValueGeneratedNever();
        modelBuilder.Entity<Circle>();
        modelBuilder.Entity<Square>();
        foreach (var type in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var foreignKey in type.GetDeclaredForeignKeys().Where(IsOfTheUsers))
                foreignKey.DeleteBehavior = shape.Behavior;
        }
    }

    private static bool IsOfTheUsers(IMutableForeignKey foreignKey) =>
        !foreignKey.IsOwnership && foreignKey.DeclaringEntityType.ClrType.IsAssignableTo(typeof(Thing));

    private sealed class FamilyKey : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) =>
            (context.GetType(), ((FamilyContext)context).Behavior, designTime);
    }
}

/// <summary>What differs between the models of two families.</summary>
public sealed record FamilyShape(DeleteBehavior Behavior);
