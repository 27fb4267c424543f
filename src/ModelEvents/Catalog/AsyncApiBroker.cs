using System.Text.Json.Nodes;

namespace ModelEvents.Catalog;

/// <summary>The broker in an AsyncAPI document: its address, never the credentials in it.</summary>
internal sealed class AsyncApiBroker(BrokerOptions broker)
{
    public const string Name = "rabbitmq";

    private readonly Uri _uri = new(broker.Uri);

    public JsonObject Server()
    {
        var server = new JsonObject
        {
            ["host"] = _uri.Port < 0 ? _uri.Host : $"{_uri.Host}:{_uri.Port}",
            ["protocol"] = _uri.Scheme,
            ["protocolVersion"] = "0.9.1",
        };

        if (VirtualHost != "/")
            server["pathname"] = _uri.AbsolutePath;
        return server;
    }

    /// <summary>
    /// The binding of a channel (https://github.com/asyncapi/bindings/blob/master/amqp/README.md) to an exchange.
    /// </summary>
    public JsonObject Exchange(string name) => new()
    {
        ["is"] = "routingKey",
        ["exchange"] = new JsonObject
        {
            ["name"] = name,
            ["type"] = "topic",
            ["durable"] = true,
            ["autoDelete"] = broker.AutoDelete,
            ["vhost"] = VirtualHost,
        },
    };

    // As clients of RabbitMQ read it: no path, and a path without a name, mean the default virtual host.
    private string VirtualHost => Uri.UnescapeDataString(_uri.AbsolutePath.TrimStart('/')) is { Length: > 0 } name ? name : "/";
}
