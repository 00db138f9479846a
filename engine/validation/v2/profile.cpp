#include "validation/v2/profile.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "core/text.hpp"
#include "hl7v2/dictionary/dictionary.hpp"
#include "hl7v2/segment_names.hpp"

namespace causeway::validation::v2 {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::string_view kLevels[] = {"error", "warning", "information", "off"};
constexpr std::string_view kSeverities[] = {"error", "warning", "information"};
constexpr std::string_view kUsages[] = {"R", "RE", "O", "X"};
constexpr std::string_view kMessages[] = {"ADT^A28", "ORU"};
constexpr std::string_view kPaths[] = {"PID", "PID-3", "PID-3[4.1=\"NHS\"].1"};
constexpr std::string_view kConditions[] = {"PV1-2 = 'I'"};
constexpr std::string_view kTypes[] = {"DT", "TM", "TS", "DTM", "NM", "SI", "nhs-number", "digits", "ods", "postcode"};

constexpr FieldSpec level(std::string_view name, std::string_view doc, std::string_view fallback) {
    return {.name = name, .type = FieldType::one_of, .doc = doc, .fallback = fallback, .choices = kLevels};
}

constexpr FieldSpec kBase[] = {
    level("structure", "Segments that the message type requires or has no place for.", "warning"),
    level("required", "Fields that the version requires in a segment.", "warning"),
    level("lengths", "Values longer than the version says.", "off"),
    level("types", "Dates, times and numbers that have not their form.", "warning"),
    level("tables", "Codes that are not in HL7's own tables.", "warning"),
    level("repetitions", "Fields that repeat and must not.", "warning"),
};

constexpr FieldSpec kRule[] = {
    {.name = "path", .doc = "A segment, or a place in it: an HL7 path, with a group or a filter.", .choices = kPaths},
    {.name = "usage",
     .type = FieldType::one_of,
     .doc = "R: must have a value; RE: should where it is known (documentation); O: may; X: must not.",
     .fallback = "O",
     .choices = kUsages},
    {.name = "min", .type = FieldType::integer, .doc = "At least so many segments or repetitions.", .fallback = "0"},
    {.name = "max", .type = FieldType::integer, .doc = "At most so many; 0: any number.", .fallback = "0"},
    {.name = "messages",
     .type = FieldType::list,
     .doc = "Only for these messages.",
     .fallback = "",
     .choices = kMessages},
    {.name = "when",
     .type = FieldType::expression,
     .doc = "Only where this holds (FHIRPath with HL7 paths, of the whole message).",
     .fallback = "",
     .choices = kConditions},
    {.name = "type", .doc = "The form of the value.", .fallback = "", .choices = kTypes},
    {.name = "length", .type = FieldType::integer, .doc = "Most characters of the value; 0: any.", .fallback = "0"},
    {.name = "codes", .type = FieldType::list, .doc = "The values that it may have.", .fallback = ""},
    {.name = "because", .doc = "Why; told with the finding.", .fallback = ""},
    {.name = "severity",
     .type = FieldType::one_of,
     .doc = "What breaking the rule is.",
     .fallback = "error",
     .choices = kSeverities},
};

constexpr FieldSpec kProfile[] = {
    {.name = "profile", .doc = "Its name, which is the file's."},
    {.name = "title", .doc = "One line for a person.", .fallback = ""},
    {.name = "extends", .doc = "Another profile in this folder, whose rules come first.", .fallback = ""},
    {.name = "versions", .type = FieldType::list, .doc = "MSH-12 that are taken; none: any.", .fallback = ""},
    {.name = "messages",
     .type = FieldType::list,
     .doc = "Messages that it is for, as ADT^A28 or ADT; none: any.",
     .fallback = "",
     .choices = kMessages},
    {.name = "charset", .doc = "The only character set of MSH-18.", .fallback = ""},
    {.name = "base",
     .type = FieldType::object,
     .doc = "What the standard's own definitions count for.",
     .fallback = "",
     .fields = kBase},
    level("other_segments", "Segments that no rule names.", "off"),
    {.name = "rules",
     .type = FieldType::list,
     .doc = "What it asks for.",
     .fallback = "",
     .fields = kRule,
     .item = FieldType::object},
};

Level level_of(std::string_view text) {
    if (text == "error") return Severity::error;
    if (text == "warning") return Severity::warning;
    if (text == "information") return Severity::information;
    return std::nullopt;
}

std::set<std::string> set_of(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

BaseChecks read_base(const config::Settings& settings) {
    return {level_of(settings.text("structure")), level_of(settings.text("required")),
            level_of(settings.text("lengths")),   level_of(settings.text("types")),
            level_of(settings.text("tables")),    level_of(settings.text("repetitions"))};
}

ProfileUsage usage_of(std::string_view text) {
    if (text == "R") return ProfileUsage::required;
    if (text == "RE") return ProfileUsage::if_known;
    return text == "X" ? ProfileUsage::forbidden : ProfileUsage::optional;
}

class Loader {
public:
    Loader(std::filesystem::path folder, std::vector<config::Mistake>& mistakes)
        : folder_(std::move(folder)), mistakes_(mistakes) {}

    /// Adds the profile to `made`, after what it extends.
    bool load(const std::string& name, Profile& made) {
        if (std::find(names_.begin(), names_.end(), name) != names_.end())
            return mistake(name, "A profile must not extend itself.");
        names_.push_back(name);
        const auto file = folder_ / (name + ".yaml");
        std::ifstream in(file, std::ios::binary);
        if (!in) return mistake(name, "This profile is not there." + did_you_mean(name, profiles_in(folder_)));
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        const auto before = mistakes_.size();
        const auto yaml = config::parse_yaml(text, file.string(), folder_, mistakes_);
        const auto settings = config::lint(yaml, kProfile, mistakes_);
        if (mistakes_.size() != before) return false;
        if (settings.text("profile") != name)
            mistakes_.push_back(settings.mistake("profile", "Name the profile as its file: " + name + "."));
        if (const auto base = settings.text("extends"); !base.empty() && !load(base, made)) return false;
        read(settings, made);
        return mistakes_.size() == before;
    }

private:
    bool mistake(const std::string& name, std::string what) {
        mistakes_.push_back({(folder_ / (name + ".yaml")).string(), 1, 1, false, std::move(what)});
        return false;
    }

    void read(const config::Settings& settings, Profile& made) {
        made.name = settings.text("profile");
        made.title = settings.text("title");
        if (settings.has("versions")) made.versions = set_of(settings.texts("versions"));
        if (settings.has("messages")) made.messages = set_of(settings.texts("messages"));
        if (settings.has("charset")) made.charset = settings.text("charset");
        if (settings.has("base") || names_.size() == 1 || settings.text("extends").empty())
            made.base = read_base(settings.object("base"));
        if (settings.has("other_segments")) made.other_segments = level_of(settings.text("other_segments"));
        for (const auto& rule : settings.objects("rules")) read_rule(rule, made);
    }

    void read_rule(const config::Settings& settings, Profile& made) {
        Rule rule;
        rule.name = settings.text("path");
        auto path = hl7v2::Path::parse(rule.name);
        if (!path) {
            mistakes_.push_back(settings.mistake("path", path.error().what));
            return;
        }
        rule.path = std::move(*path);
        rule.usage = usage_of(settings.text("usage"));
        rule.min = static_cast<std::uint32_t>(std::clamp<std::int64_t>(settings.integer("min"), 0, 65535));
        rule.max = static_cast<std::uint32_t>(std::clamp<std::int64_t>(settings.integer("max"), 0, 65535));
        rule.length = static_cast<std::uint32_t>(std::clamp<std::int64_t>(settings.integer("length"), 0, 1 << 30));
        rule.messages = set_of(settings.texts("messages"));
        rule.codes = set_of(settings.texts("codes"));
        rule.because = settings.text("because");
        rule.severity = *level_of(settings.text("severity"));
        read_type(settings, rule);
        read_condition(settings, rule);
        check_place(settings, rule, made);
        made.rules.push_back(std::move(rule));
    }

    void read_type(const config::Settings& settings, Rule& rule) {
        rule.type = settings.text("type");
        if (rule.type.empty() || is_rule_type(rule.type)) return;
        mistakes_.push_back(settings.mistake("type",
                                             "Name a type whose form can be checked: DT, TM, TS, DTM, NM, SI, "
                                             "nhs-number, digits, ods or postcode."));
    }

    void read_condition(const config::Settings& settings, Rule& rule) {
        const auto text = settings.text("when");
        if (text.empty()) return;
        auto compiled = fhirpath::Expression::compile(text);
        if (const auto* wrong = std::get_if<fhirpath::CompileError>(&compiled))
            mistakes_.push_back(settings.mistake_inside("when", wrong->column, wrong->what));
        else
            rule.when = std::get<fhirpath::Expression>(std::move(compiled));
    }

    /// A segment or field that no version has is most likely mistyped.
    void check_place(const config::Settings& settings, const Rule& rule, const Profile& made) {
        const auto& segment = rule.path.segment;
        const auto& dictionary = hl7v2::Dictionary::of(made.versions.empty() ? "2.9" : *made.versions.rbegin());
        const auto known = dictionary.segment(segment);
        if (!known && segment.starts_with('Z')) return;
        if (!known && !hl7v2::is_known_segment(segment)) {
            mistakes_.push_back(settings.mistake("path", "No version has a segment " + segment + "."));
        } else if (known && rule.path.field > known->fields && known->fields != 0) {
            mistakes_.push_back(settings.mistake("path", segment + " has " + std::to_string(known->fields) +
                                                             " fields in version " + std::string(dictionary.version()) +
                                                             "."));
        }
    }

    std::filesystem::path folder_;
    std::vector<config::Mistake>& mistakes_;
    std::vector<std::string> names_;
};

}  // namespace

bool is_rule_type(std::string_view type) {
    return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

std::span<const FieldSpec> profile_fields() {
    return kProfile;
}

std::vector<std::string> profiles_in(const std::filesystem::path& folder) {
    std::vector<std::string> out;
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".yaml") out.push_back(at->path().stem().string());
    std::sort(out.begin(), out.end());
    return out;
}

ProfilePtr load_profile(const std::filesystem::path& folder, const std::string& name,
                        std::vector<config::Mistake>& mistakes) {
    auto made = std::make_shared<Profile>();
    if (!Loader(folder, mistakes).load(name, *made)) return nullptr;
    return made;
}

}  // namespace causeway::validation::v2
