namespace Shop.Run;

/// <summary>One instance of one model, whose events keep their order.</summary>
internal sealed record Entity(string Model, string Key)
{
    public static Entity Of<TKey>(object model, TKey key)
        where TKey : IFormattable =>
        new(model.GetType().FullName!, key.ToString(format: null, formatProvider: null));

    public override string ToString() => $"{Model} {Key}";
}
