namespace ModelEvents.Faults;

internal static class Program
{
    private static int Main() => 1;
}
