namespace ModelEvents;

/// <summary>The RabbitMQ broker and the exchange on it.</summary>
public sealed class BrokerOptions
{
    /// <summary>
    /// The broker's address with user, password and virtual host, <c>amqp://</c> or <c>amqps://</c>.
    /// Default: <c>amqp://guest:guest@localhost:5672/</c>. Logged without the password.
    /// </summary>
    public string Uri { get; set; } = "amqp://guest:guest@localhost:5672/";

    /// <summary>
    /// Whether the topic exchange is declared by ModelEvents. Default: <see cref="ExchangeTopology.Declare"/>.
    /// </summary>
    public ExchangeTopology Topology { get; set; } = ExchangeTopology.Declare;

    /// <summary>
    /// Whether a declared exchange is deleted when its last queue is unbound. Default: <see langword="false"/>. It must be
    /// the same in every program that declares the exchange: RabbitMQ refuses a different one with 406.
    /// </summary>
    public bool AutoDelete { get; set; }
}
