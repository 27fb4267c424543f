namespace Shop;

/// <summary>Tagging it is an update of it: <c>product__updated</c>.</summary>
public sealed class Product
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public decimal Price { get; set; }

    public ICollection<Tag> Tags { get; } = [];
}
