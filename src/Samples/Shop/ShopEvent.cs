namespace Shop;

/// <summary>Any event: the printer reads the body as text. A consumer of yours names the properties that it needs.</summary>
public sealed record ShopEvent;
