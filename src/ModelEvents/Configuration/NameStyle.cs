namespace ModelEvents;

/// <summary>How the events of models are named, and what their body is where there is no serializer.</summary>
public enum NameStyle
{
    /// <summary><c>order__created</c>, <c>order__updated</c>, <c>order__deleted</c>, with the default body.</summary>
    Dunder,

    /// <summary>
    /// <c>shop_order.created</c>, <c>shop_order.saved</c>, <c>shop_order.deleted</c>: the table's schema, or without one the
    /// context's name, stands before the model's. The body is the model's name and its key alone:
    /// <c>{"model":"Order","id":17}</c>. For services that already speak that.
    /// </summary>
    Dotted,
}
