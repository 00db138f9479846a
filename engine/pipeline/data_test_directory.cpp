#include <array>

#include "pipeline/data_test_parts.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::array<std::string_view, 4> kLookups = {"found", "unknown", "closed", "no_endpoint"};

constexpr FieldSpec kTest[] = {
    {.name = "name", .doc = "A sentence that says what is true."},
    {.name = "ods_code", .doc = "Code to look up."},
    {.name = "expect", .type = FieldType::one_of, .doc = "Can a document be sent there?", .choices = kLookups},
    {.name = "successor", .doc = "ODS code that took over.", .fallback = ""},
    {.name = "endpoint", .doc = "FHIR base URL.", .fallback = ""},
};

constexpr FieldSpec kFields[] = {
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "tests",
     .type = FieldType::list,
     .doc = "Tests of the directory.",
     .fields = kTest,
     .item = FieldType::object},
};

std::string name_of(directory::Lookup lookup) {
    return std::string(kLookups[static_cast<std::size_t>(lookup)]);
}

}  // namespace

std::span<const config::FieldSpec> directory_test_fields() {
    return kFields;
}

void run_directory_test(const config::Settings& test, const Configuration& configuration, Differences& differences) {
    const std::string code = test.text("ods_code");
    const auto* organisation = configuration.directory.find(code);
    differences.text("look-up", test.text("expect"), name_of(configuration.directory.look_up(code)));
    if (test.has("successor")) {
        differences.text("successor", test.text("successor"), organisation ? organisation->successor : std::string());
    }
    if (test.has("endpoint")) {
        differences.text("endpoint", test.text("endpoint"), organisation ? organisation->endpoint : std::string());
    }
}

}  // namespace causeway::pipeline
