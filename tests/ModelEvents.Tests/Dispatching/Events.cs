namespace ModelEvents.Tests.Dispatching;

internal static class Events
{
    public static ModelEvent Make(string name, string key, DateTimeOffset at) => new()
    {
        Id = new EventIds(TimeProvider.System).Next(),
        Name = name,
        Service = "shop",
        Model = "Shop.Order",
        Key = key,
        Body = """{"secret":"body"}"""u8.ToArray(),
        Headers = new Dictionary<string, string>(),
        OccurredAt = at,
    };
}
