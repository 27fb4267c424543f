using Microsoft.EntityFrameworkCore;
using ModelEvents;

namespace TestApp
{
    public sealed class Model1
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";

        public DateOnly Birthday { get; set; }

        public decimal Balance { get; set; }
    }

    public sealed class Model2
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";
    }

    public sealed class Model3
    {
        public int Id { get; set; }
    }

    public sealed class StatusModel
    {
        public int Id { get; set; }

        public string Status { get; set; } = "";
    }

    public sealed class StatusModel2
    {
        public int Id { get; set; }

        public string CurrentStatus { get; set; } = "";
    }

    public sealed class UnlistedModel
    {
        public int Id { get; set; }
    }

    public sealed class AppContext(DbContextOptions<AppContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Model1>();
            modelBuilder.Entity<Model2>();
            modelBuilder.Entity<Model3>();
            modelBuilder.Entity<StatusModel>();
            modelBuilder.Entity<StatusModel2>();
            modelBuilder.Entity<UnlistedModel>();
        }
    }
}

namespace TestApp.Serializers
{
    public sealed class Model2Serializer : IModelSerializer<Model2>
    {
        public object? Serialize(Model2 model) => new { Title = $"The {model.Name}" };
    }
}
