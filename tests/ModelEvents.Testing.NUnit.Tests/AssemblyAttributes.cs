using ModelEvents.Testing;
using ModelEvents.Testing.Bakery;

[assembly: DisableDispatcher(typeof(Crumb))]
[assembly: Parallelizable(ParallelScope.Fixtures)]
