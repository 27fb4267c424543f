using System.Net;
using System.Net.Sockets;

namespace ModelEvents.Faults.Servers;

/// <summary>Ports of the loopback address.</summary>
internal static class Ports
{
    // Below the ports that the system gives to clients: no connection takes the port of a server that is down.
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly HashSet<int> Taken = [];

    public static int Take()
    {
        lock (Taken)
        {
            int port;
            do
                port = Random.Shared.Next(First, Last);
            while (Taken.Contains(port) || IsUsed(port));

            Taken.Add(port);
            return port;
        }
    }

    private static bool IsUsed(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
