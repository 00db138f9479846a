#include "samples/demo/scenario.hpp"

#include <fstream>
#include <iterator>

#include "config/settings.hpp"

namespace causeway::samples {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr FieldSpec kStep[] = {
    {"title", FieldType::text, "What the step shows."},
    {"file", FieldType::path, "The message."},
    {"stamp", FieldType::text, "Text of the file that gets the run's mark.", ""},
    {"find", FieldType::text, "Key of the journey.", ""},
    {"to", FieldType::text, "URL to send it to; without it where its kind goes by default.", ""},
    {"drop", FieldType::boolean, "Drop it as a file instead of sending it.", "false"},
    {"answer", FieldType::text, "What the sender must be told.", ""},
    {"text", FieldType::text, "Part of what the sender must be told.", ""},
    {"decided", FieldType::text, "Service that the pathway must choose.", ""},
    {"keeps", FieldType::text, "Stamp of an earlier step whose promise this one must keep.", ""},
    {"ends", FieldType::list, "Destination and state of each obligation.", ""},
    {"received", FieldType::list, "Peer and what its newest message must hold.", ""},
};
constexpr FieldSpec kScenario[] = {
    {.name = "scenario", .type = FieldType::text, .doc = "Title."},
    {.name = "steps",
     .type = FieldType::list,
     .doc = "What is sent, in order.",
     .fields = kStep,
     .item = FieldType::object},
};

Step step_of(const config::Settings& settings) {
    Step step;
    step.title = settings.text("title");
    step.file = settings.path("file");
    step.stamp = settings.text("stamp");
    step.find = settings.text("find");
    step.to = settings.text("to");
    step.drop = settings.boolean("drop");
    step.answer = settings.text("answer");
    step.text = settings.text("text");
    step.decided = settings.text("decided");
    step.keeps = settings.text("keeps");
    step.ends = settings.texts("ends");
    step.received = settings.texts("received");
    return step;
}

}  // namespace

Result<Scenario> load_scenario(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(Issue::not_found, file.string(), "Write this scenario.");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<config::Mistake> mistakes;
    const auto yaml = config::parse_yaml(text, file.string(), file.parent_path(), mistakes);
    const auto settings = config::lint(yaml, kScenario, mistakes);
    if (!mistakes.empty()) return fail(Issue::invalid, "", config::to_string(mistakes.front()));
    Scenario scenario{settings.text("scenario"), {}};
    for (const auto& step : settings.objects("steps")) scenario.steps.push_back(step_of(step));
    return scenario;
}

}  // namespace causeway::samples
