using System.Text;

namespace ModelEvents.Faults.Campaign;

/// <summary>Writes each line to both.</summary>
internal sealed class TwoWriters(TextWriter one, TextWriter other) : TextWriter
{
    public override Encoding Encoding => one.Encoding;

    public override void WriteLine(string? value)
    {
        one.WriteLine(value);
        other.WriteLine(value);
    }
}
