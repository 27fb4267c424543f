namespace Shop;

/// <summary>Published with the default body, without the e-mail address.</summary>
public sealed class Customer
{
    public Guid Id { get; set; }

    public required string Name { get; set; }

    public required string Email { get; set; }

    public int Points { get; set; }
}
