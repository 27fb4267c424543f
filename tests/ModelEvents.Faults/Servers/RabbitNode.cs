using System.Net;
using System.Net.Sockets;

namespace ModelEvents.Faults.Servers;

/// <summary>One RabbitMQ server of Debian's packages.</summary>
internal sealed class RabbitNode(string name, RabbitSettings settings, int portMapperPort, string program)
{
    // A node that was killed can be one second from its next start's check of the disk, or a minute on a busy machine.
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);
    private static readonly byte[] Hello = "AMQP\0\0\x09\x01"u8.ToArray();

    private readonly int _distributionPort = Ports.Take();
    private ServerProcess? _process;

    public string Name => name;

    public int Port { get; } = Ports.Take();

    public bool Runs => _process is { Runs: true };

    public int ProcessId => _process?.Id ?? 0;

    public string LogFile => Path.Combine(settings.Folder, $"{ShortName}.log");

    /// <summary>Past every proxy.</summary>
    public Uri DirectUri => BrokerCluster.AddressOf(Port);

    private string ShortName => name.Split('@')[0];

    private string Data => Path.Combine(settings.Folder, ShortName);

    /// <summary>Returns when it answers. A node that runs already is only waited for.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        await Patience.ForAsync(
            $"A start of RabbitMQ ('{LogFile}')",
            StartDeadline,
            async () =>
            {
                if (!Runs)
                    _process = ServerProcess.Start(LogFile, [program], Variables());
                return await AnswersAsync(cancellationToken);
            },
            cancellationToken);

    /// <summary>SIGTERM: closes its connections and stops.</summary>
    public Task StopAsync() => _process?.EndAsync("TERM", StopDeadline) ?? Task.CompletedTask;

    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    public Task SuspendAsync() => _process?.SignalAsync("STOP") ?? Task.CompletedTask;

    public Task ResumeAsync() => _process?.SignalAsync("CONT") ?? Task.CompletedTask;

    /// <summary>Runs rabbitmqctl and returns what it printed.</summary>
    public Task<string> RunCtlAsync(params string[] arguments) =>
        Command.RunAsync(["/usr/lib/rabbitmq/bin/rabbitmqctl", "--quiet", .. arguments], Variables());

    /// <summary>How many nodes of its cluster it sees running.</summary>
    public async Task<int> CountRunningAsync()
    {
        try
        {
            var count = await RunCtlAsync("eval", "length(rabbit_nodes:all_running()).");
            return int.TryParse(count.Trim(), out var nodes) ? nodes : 0;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    /// <summary>Says hello as a client does: a node that is ready replies with Connection.Start.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, patience.Token);
            await socket.SendAsync(Hello, patience.Token);
            var reply = new byte[1];
            return await socket.ReceiveAsync(reply, patience.Token) == 1 && reply[0] == 1;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private Dictionary<string, string> Variables() => new()
    {
        ["HOME"] = settings.Folder,
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = $"{portMapperPort}",
        // The server's script becomes the server: signals reach it.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
        ["RABBITMQ_NODENAME"] = name,
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = $"{Port}",
        ["RABBITMQ_DIST_PORT"] = $"{_distributionPort}",
        // Two links that say nothing for ten seconds are down.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            "-kernel inet_dist_use_interface {127,0,0,1} -kernel net_ticktime 10",
        ["RABBITMQ_MNESIA_BASE"] = Data,
        ["RABBITMQ_LOG_BASE"] = Path.Combine(Data, "log"),
        ["RABBITMQ_PID_FILE"] = Path.Combine(Data, "pid"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = settings.PluginsFile,
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(Data, "generated"),
        ["RABBITMQ_CONFIG_FILE"] = settings.ConfigFile,
        ["RABBITMQ_CONFIG_FILES"] = Path.Combine(Data, "conf.d"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(Data, "advanced.config"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(Data, "rabbitmq-env.conf"),
    };
}
