/// Parses and lints any bytes against specs of every type, then reads every field and a mistake inside each.

#include <cstdint>

#include "config/settings.hpp"

using namespace causeway::config;

namespace {

constexpr std::string_view kModes[] = {"refuse", "warn"};
constexpr FieldSpec kTarget[] = {
    {"destination", FieldType::text, "Where it goes."},
    {"within", FieldType::duration, "How long it may take.", "1h"},
};
constexpr FieldSpec kSpecs[] = {
    {.name = "name", .doc = "Name."},
    {.name = "port", .type = FieldType::integer, .doc = "Port.", .fallback = "1"},
    {.name = "limit", .type = FieldType::size, .doc = "Size.", .fallback = "64MB"},
    {.name = "timeout", .type = FieldType::duration, .doc = "Wait.", .fallback = "30s"},
    {.name = "keep", .type = FieldType::boolean, .doc = "Keep it?", .fallback = "true"},
    {.name = "mode", .type = FieldType::one_of, .doc = "Mode.", .fallback = "warn", .choices = kModes},
    {.name = "token", .type = FieldType::secret, .doc = "Token.", .fallback = ""},
    {.name = "folder", .type = FieldType::path, .doc = "Folder.", .fallback = ""},
    {.name = "when", .type = FieldType::expression, .doc = "Condition.", .fallback = ""},
    {.name = "accepts", .type = FieldType::list, .doc = "Types.", .fallback = "P"},
    {.name = "to",
     .type = FieldType::list,
     .doc = "Targets.",
     .fallback = "",
     .fields = kTarget,
     .item = FieldType::object},
    {.name = "keys", .type = FieldType::table, .doc = "Keys.", .fallback = "", .item = FieldType::expression},
};

void read_all(const Settings& settings) {
    settings.text("name");
    settings.integer("port");
    settings.size("limit");
    settings.duration("timeout");
    settings.boolean("keep");
    settings.text("mode");
    settings.text("token");
    settings.path("folder");
    settings.texts("accepts");
    for (const auto& target : settings.objects("to")) target.duration("within");
    for (const auto& [name, value] : settings.entries("keys"))
        settings.mistake_inside("keys", name, value.size() / 2 + 1, "No.");
    for (std::size_t column = 0; column < 40; ++column) settings.mistake_inside("when", column, "No.");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<Mistake> mistakes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto yaml = parse_yaml(text, "fuzz.yaml", "/conf", mistakes);
    peek(yaml, "type");
    read_all(lint(yaml, kSpecs, mistakes));
    for (const auto& mistake : mistakes)
        if (mistake.line == 0 || mistake.column == 0 || mistake.what.empty()) __builtin_trap();
    return 0;
}
