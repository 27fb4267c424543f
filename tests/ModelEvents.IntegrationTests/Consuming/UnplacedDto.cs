#pragma warning disable CA1050 // That it is in no namespace is what a test is about.
/// <summary>A message that is in no namespace, as programs of a single file have them.</summary>
public sealed record UnplacedDto(int OrderId);
#pragma warning restore CA1050
