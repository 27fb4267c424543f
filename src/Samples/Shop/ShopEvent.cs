namespace Shop;

/// <summary>Any event: the printer reads the body as text. Yours has the properties that it needs.</summary>
public sealed record ShopEvent;
