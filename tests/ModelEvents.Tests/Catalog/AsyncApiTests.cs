using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelEvents.Publishing;

namespace ModelEvents.Tests.Catalog;

public sealed class AsyncApiTests
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Approved => ["asyncapi.approved.json", "asyncapi.cloudevents.approved.json"];

    [Theory]
    [MemberData(nameof(Approved))]
    public void The_document_is_the_approved_one(string approved)
    {
        using var host = HostOf(approved);

        var document = host.Catalog.ToAsyncApi("2.1.0");

        if (JsonNode.DeepEquals(JsonNode.Parse(Embedded(approved)), document))
            return;

        var received = Path.Combine(AppContext.BaseDirectory, approved.Replace("approved", "received", StringComparison.Ordinal));
        File.WriteAllText(received, document.ToJsonString(Readable) + "\n");
        Assert.Fail(
            $"The document is not the one in 'tests/ModelEvents.Tests/Catalog/{approved}'. If the change is meant, copy "
            + $"'{received}' over it, after a validator of AsyncAPI has accepted it.");
    }

    [Theory]
    [MemberData(nameof(Approved))]
    public void Every_reference_leads_somewhere(string approved)
    {
        using var host = HostOf(approved);
        var document = host.Catalog.ToAsyncApi();

        var references = References(document).ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(
            reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, step) => node?[step])));
    }

    [Theory]
    [MemberData(nameof(Approved))]
    public void Every_event_has_a_channel_an_operation_and_a_message(string approved)
    {
        using var host = HostOf(approved);
        var document = host.Catalog.ToAsyncApi();

        var names = host.Catalog.Events.Select(known => known.Name);
        var messages = document["components"]!["messages"]!.AsObject();

        Assert.Equal(names, document["channels"]!.AsObject().Select(channel => (string)channel.Value!["address"]!));
        Assert.Equal(names, messages.Select(message => (string)message.Value!["name"]!));
        Assert.All(document["operations"]!.AsObject(), operation => Assert.Equal("send", (string)operation.Value!["action"]!));
        Assert.Equal(messages.Select(message => message.Key), document["operations"]!.AsObject().Select(its => its.Key));
    }

    [Theory]
    [InlineData("amqp://shop:s3cret@rabbit.example/", "rabbit.example", "amqp", null, "/")]
    [InlineData("amqps://shop:s3cret@rabbit.example:5671", "rabbit.example:5671", "amqps", null, "/")]
    [InlineData("amqp://shop:s3cret@[::1]:5672/%2f", "[::1]:5672", "amqp", null, "/")]
    [InlineData("amqp://shop:s3cret@rabbit.example/eu%2Fone", "rabbit.example", "amqp", "/eu%2Fone", "eu/one")]
    public void The_server_is_the_broker_without_its_credentials(
        string uri, string host, string protocol, string? path, string virtualHost)
    {
        using var member = Members(options => options.Broker.Uri = uri);

        var document = member.Catalog.ToAsyncApi();

        var server = document["servers"]!["rabbitmq"]!;
        Assert.Equal((host, protocol, path), ((string)server["host"]!, (string)server["protocol"]!, (string?)server["pathname"]));
        var exchange = document["channels"]!["library.member__created"]!["bindings"]!["amqp"]!["exchange"]!;
        Assert.Equal(virtualHost, (string)exchange["vhost"]!);
        Assert.DoesNotContain("s3cret", document.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("shop", document.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EventEnvelope.None, "application/json")]
    [InlineData(EventEnvelope.CloudEvents, "application/cloudevents+json")]
    public async Task What_is_on_the_wire_is_valid_by_the_document(EventEnvelope envelope, string contentType)
    {
        using var host = Members(options => options.Envelope = envelope);
        var member = new Member { Name = "Zoë", Address = new Address() };
        ModelEvent[] events =
        [
            .. await host.SaveAsync(context => context.Add(member)),
            .. await host.SaveAsync(_ => member.Name = "Zoé"),
            .. await host.SaveAsync(context => context.Remove(member)),
        ];

        Assert.Equal(3, events.Length);
        foreach (var made in events)
        {
            var wire = WireMessage.From(made, envelope);
            var message = $"/components/messages/library.{made.Name}";
            Assert.Equal(contentType, wire.ContentType);
            Assert.Empty(Mistakes(host, $"{message}/payload", JsonDocument.Parse(wire.Body).RootElement));
            Assert.Empty(Mistakes(host, $"{message}/headers", JsonSerializer.SerializeToElement(wire.Headers)));
        }
    }

    [Fact]
    public void A_name_that_cannot_be_a_key_of_the_document_is_one_of_its_addresses()
    {
        using var host = new CatalogHost<Library>(options => options
            .Model<Member>(m => m.EventNamePrefix("Größe 1").ServiceName("a:b")));

        var channel = host.Catalog.ToAsyncApi()["channels"]!.AsObject().First();

        Assert.Equal("a_b.Gr__e_1__created", channel.Key);
        Assert.Equal("Größe 1__created", (string)channel.Value!["address"]!);
        Assert.Equal("a:b.events", (string)channel.Value["bindings"]!["amqp"]!["exchange"]!["name"]!);
    }

    private static CatalogHost<Library> HostOf(string approved) => new(options =>
    {
        if (approved.Contains("cloudevents", StringComparison.Ordinal))
        {
            options.Envelope = EventEnvelope.CloudEvents;
            options.Broker.AutoDelete = true;
            options.Broker.Uri = "amqps://library:s3cret@rabbit.example:5671/books";
            options.Model<Loan>(m => m.StatusField(loan => loan.MaybeWord).Include(loan => loan.Id, loan => loan.MaybeWord));
            return;
        }

        options.Model<Loan>(m => m.StatusField(loan => loan.Maybe).StatusEvents(StatusEvents.OnChange)
            .Include(loan => loan.Id, loan => loan.Maybe, loan => loan.Stored, loan => loan.Fine));
        options.Model<Member>(m => m.ServiceName("desk").EventNamePrefix("reader"));
        options.Model<Book>(m => m.Include(
            book => book.Id, book => book.AddedAt, book => book.Cover, book => book.Rating, book => book.Subjects));
        options.Model<Reading>(m => m.SerializeWith<TypedReadingSerializer>());
        options.Model<Subject>(m => m.SerializeWith<UntypedSubjectSerializer>());
    });

    private static CatalogHost<Library> Members(Action<ModelEventsOptions> configure) => new(options =>
    {
        options.Model<Member>();
        configure(options);
    });

    private static IReadOnlyList<string> Mistakes(CatalogHost<Library> host, string pointer, JsonElement value)
    {
        var schema = host.Catalog.ToAsyncApi();
        schema["$ref"] = $"#{pointer}";
        return new SchemaChecker(JsonSerializer.SerializeToElement(schema)).MistakesIn(value);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(property => property.Key == "$ref"
            ? [(string)property.Value!]
            : References(property.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };

    private static string Embedded(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
