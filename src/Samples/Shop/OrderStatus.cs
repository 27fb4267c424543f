namespace Shop;

public enum OrderStatus
{
    Created,
    Paid,
    Shipped,
}
