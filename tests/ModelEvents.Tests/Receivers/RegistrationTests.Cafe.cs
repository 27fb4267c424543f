using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.Receivers;

public sealed partial class RegistrationTests
{
    private sealed class Cup
    {
        public int Id { get; set; }

        public List<string> Signatures { get; } = [];
    }

    private sealed class CafeContext(DbContextOptions<CafeContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<Cup>().Ignore(c => c.Signatures);
    }

    private abstract class Abstract : IBeforeSave<Cup>
    {
        protected abstract string Name { get; }

        public Task BeforeSaveAsync(Cup model, SaveContext save, CancellationToken cancellationToken) => Sign(model, Name);
    }

    private sealed class Open<T> : IBeforeSave<T>
    {
        public Task BeforeSaveAsync(T model, SaveContext save, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Order(-1)]
    private sealed class First : Abstract
    {
        protected override string Name => "first";
    }

    private sealed class Second : Abstract
    {
        protected override string Name => "second";
    }

    private sealed class Third : Abstract
    {
        protected override string Name => "third";
    }

    private sealed class Failing : IBeforeSave<Cup>
    {
        public Task BeforeSaveAsync(Cup model, SaveContext save, CancellationToken cancellationToken) =>
            throw new FormatException("failing");
    }

    private sealed class Counting : IAfterSave<object>
    {
        public int Count { get; private set; }

        public Task AfterSaveAsync(object model, SaveContext save, CancellationToken cancellationToken)
        {
            Count++;
            return Task.CompletedTask;
        }
    }

    private sealed class Enqueued : IEventEnqueued
    {
        public List<ModelEvent> Events { get; } = [];

        public void EventEnqueued(ModelEvent enqueued) => Events.Add(enqueued);
    }

    private sealed class Request : IDisposable
    {
        public List<(Request Request, Scoped Receiver, DbContext Context)> Seen { get; } = [];

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Requesting(Request request) : IBeforeSave<Cup>
    {
        public Task BeforeSaveAsync(Cup model, SaveContext save, CancellationToken cancellationToken)
        {
            Assert.False(request.IsDisposed);
            return Task.CompletedTask;
        }
    }

    private sealed class Scoped(Request request) : IAfterSave<Cup>
    {
        public Task AfterSaveAsync(Cup model, SaveContext save, CancellationToken cancellationToken)
        {
            request.Seen.Add((request, this, save.Using));
            return Task.CompletedTask;
        }
    }
}
