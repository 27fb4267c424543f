namespace ModelEvents.ToolApp;

public sealed class Parcel
{
    public long Id { get; set; }

    public string Address { get; set; } = "";
}
