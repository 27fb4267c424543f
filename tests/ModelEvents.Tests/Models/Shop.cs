using ModelEvents;

namespace Returns
{
    public sealed class Order
    {
        public long Id { get; set; }
    }
}

namespace Shop
{
    public enum ShipmentStatus
    {
        Pending,
        OutForDelivery,
    }

    public class Order
    {
        public long Id { get; set; }

        public string Number { get; set; } = "";

        public string Status { get; set; } = "";

        public string InternalNote { get; set; } = "";
    }

    public sealed class SpecialOrder : Order;

    public class Audit<T>
    {
        public long Id { get; set; }

        public sealed class LineItem
        {
            public long Id { get; set; }
        }
    }

    public sealed class Pair<TFirst, TSecond>
    {
        public long Id { get; set; }
    }

    public sealed class Customer
    {
        public Guid Id { get; set; }

        public string FullName { get; set; } = "";
    }

    public sealed class Shipment
    {
        public int Id { get; set; }

        public ShipmentStatus? Status { get; set; }

        public List<string> Tags { get; } = [];

        public sealed class Parcel
        {
            public int Id { get; set; }
        }
    }
}

namespace Shop.Returns
{
    public sealed class Order
    {
        public long Id { get; set; }
    }
}

namespace Shop.Events
{
    public sealed class OrderSerializer : IModelSerializer<Order>
    {
        public object? Serialize(Order model) =>
            new { OrderNumber = model.Number, Extra = new { TheStatus = model.Status } };
    }

    public sealed class CustomerSerializer : IModelSerializer<Customer>
    {
        public object? Serialize(Customer model) => model.FullName;
    }

    public sealed class NoSerializer;
}
