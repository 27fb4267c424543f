namespace ModelEvents.Tests.Handlers;

public sealed class PackHandlerTests() : HandlerContract(HandlerEngine.Packs);

public sealed class WalHandlerTests() : HandlerContract(HandlerEngine.Wal);

public sealed class TableHandlerTests() : HandlerContract(HandlerEngine.Table);

public sealed class MemoryHandlerTests() : HandlerContract(HandlerEngine.Memory);

public sealed class PackHandlerProgressTests() : HandlerProgressContract(HandlerEngine.Packs);

public sealed class WalHandlerProgressTests() : HandlerProgressContract(HandlerEngine.Wal);

public sealed class TableHandlerProgressTests() : HandlerProgressContract(HandlerEngine.Table);

public sealed class MemoryHandlerProgressTests() : HandlerProgressContract(HandlerEngine.Memory);

public sealed class PackHandlerSwitchTests() : HandlerSwitchContract(HandlerEngine.Packs);

public sealed class WalHandlerSwitchTests() : HandlerSwitchContract(HandlerEngine.Wal);

public sealed class TableHandlerSwitchTests() : HandlerSwitchContract(HandlerEngine.Table);

public sealed class MemoryHandlerSwitchTests() : HandlerSwitchContract(HandlerEngine.Memory);

public sealed class DurablePackHandlerTests() : DurableHandlerContract(HandlerEngine.Packs);

public sealed class DurableWalHandlerTests() : DurableHandlerContract(HandlerEngine.Wal);

public sealed class DurableTableHandlerTests() : DurableHandlerContract(HandlerEngine.Table);
