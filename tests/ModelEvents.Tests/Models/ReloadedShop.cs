using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;
using ModelEvents.Models;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Models;

/// <summary>A shop whose model list is in files of a folder of its own, which are watched.</summary>
internal sealed class ReloadedShop : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reload").FullName;
    private readonly ServiceProvider _services;
    private readonly ModelListProvider _provider;

    public ReloadedShop(
        string list,
        string? second = null,
        Func<IConfigurationRoot, IConfiguration>? bound = null,
        Action<IServiceCollection, IConfigurationRoot>? register = null,
        Action<FileLoadExceptionContext>? onFailure = null)
    {
        Write("first.json", list);
        if (second is not null)
            Write("second.json", second);

        Root = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ModelEvents:ServiceName", "shop")])
            .Add(File("first.json", onFailure))
            .Add(File("second.json", onFailure))
            .Build();

        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddModelEvents(bound?.Invoke(Root) ?? Root);
        services.AddSingleton<IModelSource>(new ShopModels(ConfiguredShop.Models));
        services.AddLogging(logging => logging.AddProvider(Log));
        register?.Invoke(services, Root);
        _services = services.BuildServiceProvider();
        _provider = _services.GetRequiredService<ModelListProvider>();
        _ = Current;
    }

    public IConfigurationRoot Root { get; }

    public RecordedLog Log { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    public IServiceProvider Services => _services;

    public ModelList Current => _provider.Current;

    public string[] Listed => [.. Current.Models.Select(model => model.Name)];

    /// <summary>What the health check is told.</summary>
    public string[] Conditions => [.. _services.GetRequiredService<HealthConditions>().Current.Select(condition => condition.Text)];

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Writes a file in place.</summary>
    public void Write(string file, string text) => System.IO.File.WriteAllText(PathOf(file), text);

    /// <summary>Writes a file as editors do: another one that takes its place.</summary>
    public void Replace(string file, string text)
    {
        Write($"{file}~", text);
        System.IO.File.Move(PathOf($"{file}~"), PathOf(file), overwrite: true);
    }

    public void Delete(string file) => System.IO.File.Delete(PathOf(file));

    public Task UntilAsync(Func<ReloadedShop, bool> condition) => DispatcherHost.EventuallyAsync(() => condition(this));

    public Task UntilToldAsync(int eventId, int times = 1) => UntilAsync(shop => shop.Log.Lines(eventId).Length == times);

    public void Dispose()
    {
        _services.Dispose();
        (Root as IDisposable)?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private JsonConfigurationSource File(string path, Action<FileLoadExceptionContext>? onFailure) => new()
    {
        FileProvider = new PhysicalFileProvider(_folder),
        Path = path,
        Optional = true,
        ReloadOnChange = true,
        ReloadDelay = 10,
        OnLoadException = onFailure,
    };
}
