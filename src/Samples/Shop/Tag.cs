using System.ComponentModel.DataAnnotations;

namespace Shop;

/// <summary>Not listed, so never published itself.</summary>
public sealed class Tag
{
    [Key]
    public required string Name { get; set; }

    public ICollection<Product> Products { get; } = [];
}
