namespace ModelEvents;

/// <summary>How property names are written in bodies.</summary>
public enum PropertyNaming
{
    /// <summary><c>OrderNumber</c> becomes <c>order_number</c>.</summary>
    SnakeCase,

    /// <summary><c>OrderNumber</c> becomes <c>orderNumber</c>.</summary>
    CamelCase,

    /// <summary>Names stay as they are in C#.</summary>
    None,
}
