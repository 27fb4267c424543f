using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelEvents.Catalog;

namespace ModelEvents.Tests.Catalog;

/// <summary>That bodies are as their schemas say.</summary>
public sealed class BodySchemaTests
{
    public static TheoryData<PropertyNaming> Namings => [.. Enum.GetValues<PropertyNaming>()];

    [Theory]
    [MemberData(nameof(Namings))]
    public async Task Default_bodies_are_valid_by_their_schemas(PropertyNaming naming)
    {
        using var host = Host(naming);

        foreach (var instance in Instances())
        {
            ModelEvent[] events =
            [
                .. await host.SaveAsync(context => context.Add(instance)),
                .. await host.SaveAsync(context => context.Remove(instance)),
            ];

            Assert.Equal(2, events.Length);
            Assert.All(events, made => AssertValid(host.Catalog, made));
        }
    }

    [Fact]
    public void A_default_body_is_described_with_its_formats_keys_and_nulls()
    {
        using var host = Host(PropertyNaming.SnakeCase);

        AssertSchema(
            """
            {
              "id": { "type": "string", "format": "uuid" },
              "added_at": { "type": "string", "format": "date-time" },
              "blurb": { "type": ["string", "null"] },
              "cover": { "type": "string", "contentEncoding": "base64" },
              "discount": { "type": ["number", "null"] },
              "grade": { "type": "string", "minLength": 1, "maxLength": 1 },
              "last_state": {
                "type": ["integer", "null"], "description": "1 = Requested, 2 = HandedOut, 9 = Deleted"
              },
              "opens": { "type": ["string", "null"] },
              "price": { "type": "number" },
              "printed": { "type": "string", "format": "date" },
              "rating": {
                "anyOf": [{ "type": "number" }, { "enum": ["NaN", "Infinity", "-Infinity"] }, { "type": "null" }]
              },
              "shelf_mark": { "type": ["string", "null"] },
              "size": {
                "type": "object",
                "properties": {
                  "height": {
                    "anyOf": [{ "type": "number" }, { "enum": ["NaN", "Infinity", "-Infinity"] }, { "type": "null" }]
                  },
                  "pages": { "type": "integer" }
                },
                "required": ["height", "pages"]
              },
              "subjects": {
                "type": "array",
                "items": {
                  "type": "array",
                  "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
                  "minItems": 2,
                  "maxItems": 2
                },
                "description": "Keys of linked Subject; left out where they were not loaded."
              }
            }
            """,
            host.Catalog.Events.First(known => known.Name == "book__created"));
    }

    [Fact]
    public void A_converted_enum_is_described_as_it_is_stored()
    {
        using var host = Host(PropertyNaming.SnakeCase);

        AssertSchema(
            """
            {
              "number": { "type": "integer" },
              "state": { "type": "integer", "description": "1 = Requested, 2 = HandedOut, 9 = Deleted" },
              "stored": { "type": "string", "description": "Requested, HandedOut, Deleted" }
            }
            """,
            host.Catalog.Events.First(known => known.Name == "loan__created"));
    }

    [Fact]
    public void Links_alone_are_not_required()
    {
        using var host = Host(PropertyNaming.SnakeCase);
        var schema = host.Catalog.Events.First(known => known.Name == "book__created").BodySchema;

        var names = schema.GetProperty("properties").EnumerateObject().Select(property => property.Name);
        var required = schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!);

        Assert.Equal(["subjects"], names.Except(required));
    }

    [Fact]
    public async Task Include_and_exclude_are_honoured()
    {
        using var host = new CatalogHost<Library>(options => options
            .Model<Member>(m => m.Include(member => member.Name))
            .Model<Loan>(m => m.Exclude(loan => loan.Number, loan => loan.Word)));

        var member = (await host.SaveAsync(context => context.Add(new Member()))).Single();

        Assert.Equal(
            """{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}""",
            host.Catalog.Events.First(known => known.Is(member.Name)).BodySchema.GetRawText());
        AssertValid(host.Catalog, member);
        var loan = host.Catalog.Events.First(known => known.Name == "loan__created").BodySchema.GetProperty("properties");
        Assert.False(loan.TryGetProperty("number", out _));
        Assert.False(loan.TryGetProperty("word", out _));
        Assert.True(loan.TryGetProperty("state", out _));
    }

    [Fact]
    public async Task A_typed_serializers_body_is_described_by_its_type()
    {
        using var host = new CatalogHost<Library>(
            options => options.Model<Reading>(m => m.SerializeWith<TypedReadingSerializer>()));

        var made = (await host.SaveAsync(context => context.Add(new Reading { Text = "Ulysses" }))).Single();

        AssertValid(host.Catalog, made);
        var schema = host.Catalog.Events[0].BodySchema;
        Assert.Equal(["comment", "id", "replies", "state", "text"], Names(schema.GetProperty("properties")));
        Assert.Equal(5, schema.GetProperty("required").GetArrayLength());
        var text = schema.GetProperty("properties").GetProperty("text");
        Assert.Equal("""{"type":"string","description":"What was read."}""", text.GetRawText());
    }

    [Fact]
    public async Task A_typed_serializers_body_is_described_with_the_options_it_is_written_with()
    {
        using var host = new CatalogHost<Library>(options =>
        {
            options.Model<Reading>(m => m.SerializeWith<TypedReadingSerializer>());
            options.PropertyNaming = PropertyNaming.CamelCase;
            options.Json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.Json.Converters.Add(new JsonStringEnumConverter());
        });

        var made = (await host.SaveAsync(context => context.Add(new Reading { Text = "Ulysses" }))).Single();

        AssertValid(host.Catalog, made);
        var state = host.Catalog.Events[0].BodySchema.GetProperty("properties").GetProperty("state");
        Assert.Equal("""{"enum":["Requested","HandedOut","Deleted"]}""", state.GetRawText());
    }

    [Fact]
    public async Task A_serializer_without_a_type_may_write_anything()
    {
        using var host = new CatalogHost<Library>(
            options => options.Model<Reading>(m => m.SerializeWith<UntypedReadingSerializer>()));

        var made = (await host.SaveAsync(context => context.Add(new Reading { Text = "Ulysses" }))).Single();

        AssertValid(host.Catalog, made);
        Assert.Equal(
            "Whatever the serializer 'ModelEvents.Tests.Catalog.UntypedReadingSerializer' returns.",
            Assert.Single(host.Catalog.Events[0].BodySchema.EnumerateObject()).Value.GetString());
    }

    private static CatalogHost<Library> Host(PropertyNaming naming) => new(options =>
    {
        options.PropertyNaming = naming;
        options.Model<Book>().Model<Member>().Model<Loan>();
    });

    /// <summary>Instances with much and with little in them.</summary>
    private static IEnumerable<object> Instances()
    {
        yield return new Book();
        yield return new AudioBook
        {
            Title = "Zoë",
            Blurb = "x",
            Discount = 1.5m,
            Weight = double.NaN,
            Rating = double.PositiveInfinity,
            Opens = new TimeOnly(9, 30),
            Length = TimeSpan.FromDays(-2.5),
            SoldAt = DateTime.UnixEpoch,
            Cover = [1, 255],
            LastState = LoanState.HandedOut,
            Languages = ["de", "tr"],
            ParentId = 3,
            Speaker = "y",
            Size = new Size { Pages = 3, Height = 1.25 },
            Prints = [new Print { Year = 1 }, new Print { Year = 2, Score = 0.5, State = LoanState.Deleted }],
            Subjects = { new Subject { Field = "a", Number = 1 }, new Subject { Field = "b", Number = 2 } },
        };
        yield return new Member();
        yield return new Member
        {
            Address = new Address { Street = "x" },
            Cards = { new Card { Code = "1" }, new Card { IsValid = true } },
        };
        yield return new Member { Address = new Address { Country = new Country { Code = "FR" } } };
        yield return new Loan { Number = new LoanNumber(5), Maybe = LoanState.Deleted, IsLost = true, Fine = 2 };
        yield return new Loan { MaybeWord = "y", Marks = Marks.Late | Marks.Damaged };
    }

    private static void AssertValid(IModelEventCatalog catalog, ModelEvent made)
    {
        using var body = JsonDocument.Parse(made.Body);
        var known = catalog.Events.First(known => known.Is(made.Name));
        Assert.Empty(new SchemaChecker(known.BodySchema).MistakesIn(body.RootElement));
    }

    private static void AssertSchema(string expected, CatalogEvent known)
    {
        var properties = JsonNode.Parse(known.BodySchema.GetProperty("properties").GetRawText())!;
        foreach (var (name, schema) in JsonNode.Parse(expected)!.AsObject())
            Assert.Equal(schema!.ToJsonString(), properties[name]!.ToJsonString());
    }

    private static IEnumerable<string> Names(JsonElement schema) =>
        schema.EnumerateObject().Select(property => property.Name).Order();
}
