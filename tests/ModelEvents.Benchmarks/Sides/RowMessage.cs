using System.Globalization;
using System.Text.Json;

namespace ModelEvents.Benchmarks;

/// <summary>What is told of a new row by hand, and what an outbox by hand keeps.</summary>
internal sealed class RowMessage
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public long Id { get; set; }

    public Guid MessageId { get; set; } = Guid.CreateVersion7();

    public string Name { get; set; } = "";

    public string Key { get; set; } = "";

    public byte[] Body { get; set; } = [];

    public static RowMessage Of(object row) => new()
    {
        Name = row is GuidRow ? "guid_row__created" : "identity_row__created",
        Key = KeyOf(row),
        Body = JsonSerializer.SerializeToUtf8Bytes(row, row.GetType(), Json),
    };

    public static string KeyOf(object row) =>
        row is GuidRow guid ? guid.Id.ToString() : ((IdentityRow)row).Id.ToString(CultureInfo.InvariantCulture);
}
