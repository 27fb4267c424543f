using ModelEvents;

namespace Shop.Run;

/// <summary>What the command line asks for.</summary>
/// <param name="Database">The Npgsql connection string; without it everything is in memory.</param>
/// <param name="RabbitMq">The broker's AMQP URI; given exactly when the database is.</param>
/// <param name="Orders">How many orders to sell.</param>
/// <param name="PublishOnly">Whether to consume nothing and to end when the outbox is empty.</param>
/// <param name="HttpPort">Where to tell the events over HTTP until the program is stopped; without it, nowhere.</param>
/// <param name="Capture">Where changes are seen.</param>
internal sealed record Arguments(
    string? Database, string? RabbitMq, int Orders, bool PublishOnly, int? HttpPort, CaptureSource Capture);
