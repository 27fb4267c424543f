using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Testing;
using ModelEvents.Tests.Configuration;
using TestApp;

namespace ModelEvents.Tests.Testing;

/// <summary>What a service with a list of the Django original observes, told change by change.</summary>
public sealed class AcceptanceTests : IDisposable
{
    private const string List = """
        {
          "SERVICE_NAME": "test_app",
          "MODELS_CRUD_EVENT": [
            { "model": "test_app.Model1" },
            { "model": "test_app.Model2", "serializer": "test_app.serializers.Model2Serializer" },
            { "model": "test_app.Model3", "event_name_prefix": "custom" },
            { "model": "test_app.StatusModel", "status_field": "status" },
            { "model": "test_app.StatusModel2", "status_field": "current_status" }
          ]
        }
        """;

    private readonly TestConfiguration _configuration = new(List);
    private readonly ServiceProvider _services;
    private readonly TestApp.AppContext _context;

    public AcceptanceTests()
    {
        var services = new ServiceCollection();
        services.AddModelEvents(_configuration.Root).Capture<TestApp.AppContext>();
        services.AddDbContext<TestApp.AppContext>(options => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}"));
        services.AddModelEventRecorder();
        _services = services.BuildServiceProvider();
        _context = _services.CreateScope().ServiceProvider.GetRequiredService<TestApp.AppContext>();
    }

    private ModelEventRecorder Recorder => _services.GetRequiredService<ModelEventRecorder>();

    [Fact]
    public void Creating_a_model_publishes_created()
    {
        Create(new Model1());

        Recorder.AssertNames("model1__created");
    }

    [Fact]
    public void Updating_a_model_publishes_updated()
    {
        var model = Create(new Model1 { Name = "old" });
        model.Name = "new";
        Save();

        Recorder.AssertNames("model1__created", "model1__updated");
    }

    [Fact]
    public void Deleting_a_model_publishes_deleted()
    {
        Delete(Create(new Model1()));

        Recorder.AssertNames("model1__created", "model1__deleted");
    }

    [Fact]
    public void The_body_is_what_the_custom_serializer_returns()
    {
        Create(new Model2 { Name = "great" });

        AssertBody("""{ "title": "The great" }""", Recorder.Single("model2__created"));
    }

    [Fact]
    public void The_default_body_has_all_fields()
    {
        Create(new Model1 { Id = 3, Name = "Ada", Birthday = new DateOnly(1815, 12, 10), Balance = 1.50m });

        AssertBody(
            """{ "id": 3, "name": "Ada", "birthday": "1815-12-10", "balance": 1.50 }""",
            Recorder.Single("model1__created"));
    }

    [Fact]
    public void A_custom_prefix_begins_the_event_names()
    {
        Delete(Create(new Model3()));

        Recorder.AssertNames("custom__created", "custom__deleted");
    }

    [Fact]
    public void Creating_a_model_with_a_status_publishes_the_status()
    {
        Create(new StatusModel { Status = "pending" });

        Recorder.AssertNames("status_model__pending");
    }

    [Fact]
    public void Changing_the_status_publishes_the_new_status()
    {
        var model = Create(new StatusModel { Status = "pending" });
        model.Status = "active";
        Save();

        Recorder.AssertNames("status_model__pending", "status_model__active");
    }

    [Fact]
    public void Deleting_a_model_with_a_status_publishes_deleted()
    {
        Delete(Create(new StatusModel { Status = "pending" }));

        Recorder.AssertNames("status_model__pending", "status_model__deleted");
    }

    [Fact]
    public void The_status_field_may_have_another_name()
    {
        var model = Create(new StatusModel2 { CurrentStatus = "pending" });
        model.CurrentStatus = "active";
        Save();

        Recorder.AssertNames("status_model2__pending", "status_model2__active");
    }

    [Fact]
    public void An_unlisted_model_publishes_nothing()
    {
        Delete(Create(new UnlistedModel()));

        Recorder.AssertNothing();
    }

    [Fact]
    public void An_empty_list_publishes_nothing()
    {
        _configuration.Replace(
            """{ "SERVICE_NAME": "test_app", "MODELS_CRUD_EVENT": [], "ModelEvents": { "AllowEmpty": true } }""");
        Delete(Create(new Model1()));

        Recorder.AssertNothing();
    }

    [Fact]
    public void All_models_are_disabled_and_restored()
    {
        using (Dispatcher.Disable())
        {
            Create(new Model1());
            Create(new StatusModel { Status = "pending" });
        }

        Recorder.AssertNothing();
        Create(new Model1());
        Recorder.AssertNames("model1__created");
    }

    [Fact]
    public void One_model_is_disabled_and_restored()
    {
        using (Dispatcher.Disable<Model1>())
        {
            Create(new Model1());
            Create(new Model2());
        }

        Recorder.AssertNames("model2__created");
        Create(new Model1());
        Recorder.AssertNames("model2__created", "model1__created");
    }

    [Fact]
    public void One_object_is_disabled_and_restored()
    {
        var (silent, other) = (new Model1(), new Model1());
        using (Dispatcher.Disable(silent))
        {
            Create(silent);
            Create(other);
        }

        Recorder.AssertNames("model1__created");
        Delete(silent);
        Recorder.AssertNames("model1__created", "model1__deleted");
    }

    [Fact, DisableDispatcher]
    public void All_models_are_disabled_for_a_method()
    {
        Create(new Model1());
        Create(new StatusModel { Status = "pending" });

        Recorder.AssertNothing();
    }

    [Fact, DisableDispatcher("test_app.Model1")]
    public void One_model_is_disabled_for_a_method()
    {
        Create(new Model1());
        Create(new Model2());

        Recorder.AssertNames("model2__created");
    }

    public void Dispose() => _services.Dispose();

    private TModel Create<TModel>(TModel model)
        where TModel : class
    {
        _context.Add(model);
        Save();
        return model;
    }

    private void Delete(object model)
    {
        _context.Remove(model);
        Save();
    }

    private void Save() => _context.SaveChanges();

    private static void AssertBody(string expected, RecordedEvent recorded) => Assert.True(
        JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(recorded.Body.Span)), $"The body is {recorded.Json}.");

    [DisableDispatcher(typeof(Model1))]
    public sealed class WithADisabledClass : IDisposable
    {
        private readonly AcceptanceTests _app = new();

        [Fact]
        public void One_model_is_disabled_for_all_methods_of_a_class()
        {
            _app.Create(new Model1());
            _app.Create(new Model2());

            _app.Recorder.AssertNames("model2__created");
        }

        [Fact, DisableDispatcher(typeof(Model2))]
        public void A_method_disables_another_one_besides()
        {
            _app.Create(new Model1());
            _app.Create(new Model2());

            _app.Recorder.AssertNothing();
        }

        public void Dispose() => _app.Dispose();
    }
}
