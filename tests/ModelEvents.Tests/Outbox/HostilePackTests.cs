using System.Text;
using ModelEvents.Handlers;
using ModelEvents.Outbox;

namespace ModelEvents.Tests.Outbox;

/// <summary>Packs that nobody wrote who should have.</summary>
public sealed class HostilePackTests
{
    private const int Rounds = 20_000;

    // What the reader makes of a byte, at the most, with room for the runtime.
    private const int MostPerByte = 100;
    private const int Room = 20_000;

    [Fact]
    public void Random_bytes_are_refused_or_read_and_nothing_else()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
                bytes[0] = (byte)random.Next(4);
            ReadsOrRefuses(bytes, seed, round);
        }
    }

    [Fact]
    public void Packs_that_were_cut_changed_or_lengthened_are_refused_or_read_and_nothing_else()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        ReadOnlyMemory<byte>[] packs = [.. Packs()];
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = packs[random.Next(packs.Length)].ToArray();
            for (var flips = random.Next(4); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(3) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            if (random.Next(4) == 0)
                bytes = [.. bytes, (byte)random.Next(256), (byte)random.Next(256)];
            ReadsOrRefuses(bytes, seed, round);
        }
    }

    [Fact]
    public void A_pack_that_was_cut_anywhere_is_refused()
    {
        foreach (var pack in Packs())
        {
            for (var length = 0; length < pack.Length; length++)
                Assert.Throws<InvalidDataException>(() => EventPackReader.Read(pack[..length], 1, new PackTexts()));
        }
    }

    [Fact]
    public void Numbers_of_any_size_take_no_more_memory_than_the_bytes_could_fill()
    {
        byte[][] numbers = [[0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x80, 0x80, 0x80, 0x80, 0x08], [0xFF, 0xFF, 0x7F]];
        foreach (var pack in Packs())
        {
            for (var at = 1; at < pack.Length; at++)
            {
                foreach (var number in numbers)
                    ReadsOrRefuses([.. pack.Span[..at], .. number, .. pack.Span[at..]], seed: 0, round: at);
            }
        }
    }

    [Fact]
    public void A_row_has_no_more_events_than_its_id_leaves_sequences_for()
    {
        ModelEvent[] many = [.. Enumerable.Range(0, EventPackWriter.MostOfRow + 1).Select(_ => Make("1", "{}"))];
        var pack = Assert.Single(EventPackWriter.WriteMessages(many).Packs).Bytes;

        Assert.Equal(many.Length, EventPackReader.Read(pack, 1, new PackTexts()).Length);
        Assert.Throws<InvalidDataException>(() => EventPackReader.Read(pack, 1, new PackTexts(), EventPackWriter.MostOfRow));
    }

    [Fact]
    public void A_name_that_no_broker_takes_is_refused()
    {
        var longest = EventPackWriter.Write(Make("1", "{}") with { Name = new string('n', 255), Service = new string('s', 248) });

        Assert.Equal(255, EventPackReader.Read(longest, 1, new PackTexts())[0].Name.Length);
        foreach (var one in new[]
        {
            Make("1", "{}") with { Name = new string('n', 256) },
            Make("1", "{}") with { Name = "" },
            Make("1", "{}") with { Service = new string('s', 249) },
            Make("1", "{}") with { Model = "a\0b" },
            Make("1", "{}") with { Id = Guid.Empty },
            Make("1", "{}") with { Targets = EventTargets.None },
            Make("1", "{}") with { Targets = EventTargets.Of(new string('h', 201)) },
            Make("1", "{}") with { Targets = new EventTargets(broker: true, ["Mailer", "Mailer"]) },
        })
        {
            Assert.Throws<InvalidDataException>(() => EventPackReader.Read(EventPackWriter.Write(one), 1, new PackTexts()));
        }
    }

    [Fact]
    public void Generated_values_are_whole_numbers_and_as_many_as_places()
    {
        var pack = EventPackWriter.Write(Make("\0", "{\"id\":\0}"));

        foreach (var generated in new[] { "", "1", "1,2,3", "1,x", "1,", ",1", ",", "1,2;" })
        {
            byte[] whole = [.. pack.Span, .. Encoding.UTF8.GetBytes(generated)];
            Assert.Throws<InvalidDataException>(() => EventPackReader.Read(whole, 1, new PackTexts()));
        }
    }

    /// <summary>Also that it takes no memory but for what the bytes hold.</summary>
    private static void ReadsOrRefuses(byte[] bytes, int seed, int round)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            foreach (var one in EventPackReader.Read(bytes, 1, new PackTexts()))
                Assert.InRange(one.Body.Length, 0, bytes.Length);
        }
        catch (InvalidDataException)
        {
            // It is said so, and nothing else happened.
        }
        catch (Exception other)
        {
            Assert.Fail($"Seed {seed}, round {round}, {Convert.ToHexString(bytes)}: {other}");
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(taken <= Room + (MostPerByte * bytes.Length), $"Seed {seed}, round {round}: {taken} bytes were taken.");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Packs()
    {
        var headers = new Dictionary<string, string> { ["traceparent"] = "00-11", ["é"] = "\"q\"" };
        yield return EventPackWriter.Write(Make("1", """{"naïve":"日本語"}"""));
        yield return EventPackWriter.Write(Make("1", "{}") with { Targets = new EventTargets(broker: true, ["Packer", "Mailer"]) });
        ModelEvent[] alike = [.. Enumerable.Range(0, 20).Select(number => Make($"{number}", "{}") with { Headers = headers })];
        yield return Assert.Single(EventPackWriter.WriteMessages(alike).Packs).Bytes;
        yield return Assert.Single(EventPackWriter.WriteMessages([alike[0], Make("2", "[1]"), alike[1] with { Targets = EventTargets.Of("Mailer") }]).Packs).Bytes;
    }

    private static ModelEvent Make(string key, string body) => new()
    {
        Id = new EventIds(TimeProvider.System).Next(),
        Name = "order__created",
        Service = "shop",
        Model = "Shop.Order",
        Key = key,
        Body = Encoding.UTF8.GetBytes(body),
        Headers = new Dictionary<string, string>(),
        OccurredAt = new DateTimeOffset(2026, 5, 4, 3, 2, 1, 987, TimeSpan.Zero),
    };
}
