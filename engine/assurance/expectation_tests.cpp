#include "assurance/expectation_tests.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "assurance/expected.hpp"
#include "pipeline/data_test_parts.hpp"
#include "pipeline/decode.hpp"
#include "pipeline/keys.hpp"

namespace causeway::assurance {

namespace fs = std::filesystem;

namespace {

using config::FieldSpec;
using config::FieldType;
using config::Settings;
using pipeline::Configuration;
using pipeline::Differences;

constexpr FieldSpec kMessage[] = {
    {.name = "at", .doc = "When it is accepted, such as 2026-11-20T10:15:00Z."},
    {.name = "channel", .doc = "Channel that takes it."},
    {.name = "given", .type = FieldType::path, .doc = "File with the message."},
    {.name = "change",
     .type = FieldType::list,
     .doc = "Edits of the file for this test.",
     .fallback = "",
     .fields = pipeline::kChangeFields,
     .item = FieldType::object},
};

constexpr FieldSpec kTest[] = {
    {.name = "name", .doc = "A sentence that says what is true."},
    {.name = "expectation", .doc = "Rule that is tested."},
    {.name = "messages",
     .type = FieldType::list,
     .doc = "Messages in the order of their times.",
     .fields = kMessage,
     .item = FieldType::object},
    {.name = "absent", .type = FieldType::boolean, .doc = "Is something absent when the time has run out?"},
};

constexpr FieldSpec kFields[] = {
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "tests",
     .type = FieldType::list,
     .doc = "Tests of expectations.",
     .fields = kTest,
     .item = FieldType::object},
};

/// The messages of one test as the ledger would tell of them.
class Scene {
public:
    Result<void> add(const Settings& settings, const Configuration& configuration) {
        const auto at = parse_fhir_instant(settings.text("at"));
        if (!at) return fail(Issue::value, settings.place("at"), "Write the moment as 2026-11-20T10:15:00Z.");
        const auto channel = configuration.channels.find(settings.text("channel"));
        if (channel == configuration.channels.end())
            return fail(Issue::not_found, settings.place("channel"), "Name a channel of the configuration.");
        auto given = pipeline::read_given(settings, channel->first, *at, configuration);
        if (!given) return given.error();
        put(*at, channel->second, *given);
        return {};
    }

    bool is_absent(const pipeline::Expectation& rule, const Configuration& configuration) const {
        if (records_.empty()) return false;
        const auto until = records_.back().event.at + rule.within * 2 + std::chrono::hours(1);
        const std::vector<pipeline::Expectation> rules{rule};
        Expected expected(rules, configuration, records_.front().event.at, until, [this](Id id) { return read(id); });
        for (const auto& record : records_) expected.add(record);
        return !expected.finish().empty();
    }

private:
    void put(Instant at, const pipeline::Channel& channel, const pipeline::GivenMessage& given) {
        LedgerRecord record;
        record.event.at = at;
        record.event.kind = "message.accepted";
        record.event.message = Id{static_cast<std::int64_t>(records_.size()) + 1};
        auto& message = record.intake.emplace().message;
        message.id = record.event.message;
        message.channel = channel.name;
        message.received_at = at;
        message.media_type = given.document->format() == "hl7v2" ? kHl7v2 : kFhirJson;
        message.message_type = pipeline::message_type_of(*given.document);
        message.keys = pipeline::identify(*given.document, channel).keys;
        bodies_[message.id] = given.body;
        records_.push_back(std::move(record));
    }

    Result<StoredMessage> read(Id id) const {
        auto stored = *records_[static_cast<std::size_t>(id.value - 1)].intake;
        stored.message.body = Payload(bodies_.at(id));
        return stored;
    }

    std::vector<LedgerRecord> records_;
    std::map<Id, std::string> bodies_;
};

void run_test(const Settings& test, const Configuration& configuration, Differences& differences) {
    const auto name = test.text("expectation");
    const auto rule = std::find_if(configuration.expectations.begin(), configuration.expectations.end(),
                                   [&](const auto& each) { return each.name == name; });
    if (rule == configuration.expectations.end()) return differences.add("there is no expectation " + name);
    Scene scene;
    for (const auto& message : test.objects("messages"))
        if (auto added = scene.add(message, configuration); !added) return differences.add(to_string(added.error()));
    differences.flag("absent", test.boolean("absent"), scene.is_absent(*rule, configuration));
}

void run_file(const fs::path& path, const Configuration& configuration, std::vector<config::Mistake>& mistakes,
              std::vector<pipeline::DataTestResult>& results) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    std::vector<config::Mistake> found;
    const auto file =
        config::lint(config::parse_yaml(text.str(), path.string(), path.parent_path(), found), kFields, found);
    const bool whole = std::all_of(found.begin(), found.end(), [](const auto& mistake) { return mistake.warning; });
    mistakes.insert(mistakes.end(), found.begin(), found.end());
    if (!whole) return;
    for (const auto& test : file.objects("tests")) {
        Differences differences;
        run_test(test, configuration, differences);
        results.push_back(
            {test.place("name"), "expectation", test.text("name"), differences.words().empty(), differences.words()});
    }
}

}  // namespace

std::vector<pipeline::DataTestResult> run_expectation_tests(const Configuration& configuration, const fs::path& folder,
                                                            std::vector<config::Mistake>& mistakes) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder / "expectations", failed))
        if (entry.path().string().ends_with(".tests.yaml")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<pipeline::DataTestResult> results;
    for (const auto& file : files) run_file(file, configuration, mistakes, results);
    return results;
}

}  // namespace causeway::assurance
