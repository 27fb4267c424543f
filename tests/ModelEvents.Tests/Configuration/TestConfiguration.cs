using System.Text;
using Microsoft.Extensions.Configuration;

namespace ModelEvents.Tests.Configuration;

/// <summary>Configuration written as JSON, which can be replaced like a file that someone saves.</summary>
internal sealed class TestConfiguration : ConfigurationProvider, IConfigurationSource
{
    public TestConfiguration(string json)
    {
        Data = Read(json);
        Root = new ConfigurationBuilder().Add(this).Build();
    }

    public IConfigurationRoot Root { get; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Replace(string json)
    {
        Data = Read(json);
        OnReload();
    }

    private static Dictionary<string, string?> Read(string json) =>
        new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
            .Build()
            .AsEnumerable()
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
}
