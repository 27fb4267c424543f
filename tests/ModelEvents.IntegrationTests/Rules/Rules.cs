namespace ModelEvents.Tests.Rules;

public sealed class MemoryRuleTests(MemoryDesks desks) : RuleContract<MemoryDesks>(desks);

public sealed class PostgreSqlRuleTests(PostgreSqlDesks desks) : RuleContract<PostgreSqlDesks>(desks);

public sealed class TableRuleTests(TableDesks desks) : RuleContract<TableDesks>(desks);

public sealed class WalRuleTests(WalDesks desks) : RuleContract<WalDesks>(desks);

public sealed class DirectRuleTests(DirectDesks desks) : RuleContract<DirectDesks>(desks);

public sealed class PostgreSqlRuleTransactionTests(PostgreSqlDesks desks) : RuleTransactionContract<PostgreSqlDesks>(desks);

public sealed class TableRuleTransactionTests(TableDesks desks) : RuleTransactionContract<TableDesks>(desks);

public sealed class WalRuleTransactionTests(WalDesks desks) : RuleTransactionContract<WalDesks>(desks);

public sealed class DirectRuleTransactionTests(DirectDesks desks) : RuleTransactionContract<DirectDesks>(desks);

public sealed class MemoryRulePartTests(MemoryDesks desks) : RulePartContract<MemoryDesks>(desks);

public sealed class PostgreSqlRulePartTests(PostgreSqlDesks desks) : RulePartContract<PostgreSqlDesks>(desks);

public sealed class TableRulePartTests(TableDesks desks) : RulePartContract<TableDesks>(desks);

public sealed class MemoryRuleUseTests(MemoryDesks desks) : RuleUseContract<MemoryDesks>(desks);

public sealed class PostgreSqlRuleUseTests(PostgreSqlDesks desks) : RuleUseContract<PostgreSqlDesks>(desks);

public sealed class PostgreSqlRuleServiceTests(PostgreSqlDesks desks) : RuleServiceContract<PostgreSqlDesks>(desks);

public sealed class TableRuleServiceTests(TableDesks desks) : RuleServiceContract<TableDesks>(desks);

public sealed class MemoryRuleServiceTests(MemoryDesks desks) : RuleServiceContract<MemoryDesks>(desks)
{
    private protected override Desk Other(Desk here) => here.AnotherScope();
}
