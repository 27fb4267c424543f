namespace ModelEvents.Faults.Servers;

/// <summary>Files that all nodes of a cluster share.</summary>
internal sealed record RabbitSettings(string Folder, string ConfigFile, string PluginsFile)
{
    public static async Task<RabbitSettings> WriteAsync(
        string folder, IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        var settings = new RabbitSettings(
            folder, Path.Combine(folder, "rabbitmq.conf"), Path.Combine(folder, "enabled_plugins"));
        List<string> lines = ["max_message_size = 16777216", "disk_free_limit.absolute = 50MB"];
        if (nodes.Count > 1)
        {
            lines.AddRange(
                ["cluster_partition_handling = pause_minority",
                "queue_leader_locator = balanced",
                "cluster_formation.peer_discovery_backend = classic_config",
                .. nodes.Select((name, index) => $"cluster_formation.classic_config.nodes.{index + 1} = {name}")]);
        }

        await File.WriteAllLinesAsync(settings.ConfigFile, lines, cancellationToken);
        await File.WriteAllTextAsync(settings.PluginsFile, "[].\n", cancellationToken);
        return settings;
    }
}
