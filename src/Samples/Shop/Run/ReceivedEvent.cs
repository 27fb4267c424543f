namespace Shop.Run;

internal sealed record ReceivedEvent(Guid Id, string Name, Entity Entity, string Body);
