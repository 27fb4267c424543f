using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Bodies;

/// <summary>
/// Whole numbers that the database has yet to generate, in an event that is written by the same statement as its row. A NUL
/// stands for each of them: no key and no JSON has one.
/// </summary>
internal sealed class PendingValues(IReadOnlyList<IProperty> properties, ITable table)
{
    public const string Text = "\0";

    private readonly List<IProperty> _inBody = [];

    /// <summary>The generated key, if the key is generated.</summary>
    public IProperty? Key { get; } = properties.FirstOrDefault(property => property.IsPrimaryKey());

    /// <summary>Those that the body has, in its order.</summary>
    public IReadOnlyList<IProperty> InBody => _inBody;

    /// <summary>Whether the database can put a value of this type in its place.</summary>
    public static bool CanBe(Type type) =>
        type == typeof(int) || type == typeof(long) || type == typeof(short) || type == typeof(uint);

    /// <summary>The name of the property's column, which can be another one in each table.</summary>
    public string ColumnOf(IProperty property) => table.FindColumn(property)!.Name;

    /// <summary>Whether the property is pending; its place is then written.</summary>
    public bool Write(Utf8JsonWriter writer, IProperty property)
    {
        if (!properties.Contains(property))
            return false;

        writer.WriteRawValue("\0"u8, skipInputValidation: true);
        _inBody.Add(property);
        return true;
    }

    /// <summary>The parts of the body around its pending values: one more than those.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> body)
    {
        var parts = new List<ReadOnlyMemory<byte>>(_inBody.Count + 1);
        foreach (var part in body.Span.Split((byte)0))
            parts.Add(body[part]);
        return parts;
    }
}
