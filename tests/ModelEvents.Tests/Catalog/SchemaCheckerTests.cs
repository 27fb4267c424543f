using System.Text.Json;

namespace ModelEvents.Tests.Catalog;

/// <summary>That what checks the bodies finds what is wrong with them.</summary>
public sealed class SchemaCheckerTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "1")]
    [InlineData("""{"type":["integer","null"]}""", "1.5")]
    [InlineData("""{"type":"object","required":["a"]}""", "{}")]
    [InlineData("""{"properties":{"a":{"type":"boolean"}}}""", """{"a":0}""")]
    [InlineData("""{"additionalProperties":{"type":"null"}}""", """{"a":0}""")]
    [InlineData("""{"items":{"type":"number"}}""", """[1,"2"]""")]
    [InlineData("""{"maxItems":1}""", "[1,2]")]
    [InlineData("""{"enum":["a"]}""", "\"b\"")]
    [InlineData("""{"const":"a"}""", "\"b\"")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"string"}]}""", "1")]
    [InlineData("""{"format":"uuid"}""", "\"b\"")]
    [InlineData("""{"format":"date"}""", "\"2026-13-01\"")]
    [InlineData("""{"contentEncoding":"base64"}""", "\"b\"")]
    [InlineData("""{"pattern":"^a$"}""", "\"b\"")]
    [InlineData("""{"properties":{"a":{"type":"null"},"b":{"$ref":"#/properties/a"}}}""", """{"b":0}""")]
    [InlineData("""{"minimum":1}""", "1")]
    public void A_mistake_is_found(string schema, string value)
    {
        using var schemaDocument = JsonDocument.Parse(schema);
        using var valueDocument = JsonDocument.Parse(value);

        Assert.Single(new SchemaChecker(schemaDocument.RootElement).MistakesIn(valueDocument.RootElement));
    }
}
