namespace ModelEvents.Faults.Servers;

internal static class PostgresAddress
{
    public static string Of(int port, string database) =>
        $"Host=127.0.0.1;Port={port};Username=modelevents;Password=modelevents;Database={database}";
}
