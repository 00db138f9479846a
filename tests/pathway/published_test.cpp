#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "pathway/pathway.hpp"
#include "support/settings.hpp"

using namespace causeway;

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

pathway::Pathway referral_optimisation() {
    const auto file = fs::path(CAUSEWAY_SOURCE_DIR) / "conf" / "pathways" / "referral-optimisation.yaml";
    std::vector<config::Mistake> mistakes;
    auto result = pathway::Pathway::load(test::settings(read(file), pathway::Pathway::specs(), mistakes), mistakes);
    CHECK(test::texts(mistakes) == std::vector<std::string>{});
    return result;
}

}  // namespace

TEST_CASE("pathway: whatever was published is assessed and decided without an expression that fails") {
    const char* named = std::getenv("CAUSEWAY_CORPUS");
    const auto corpus = named != nullptr ? fs::path(named) : fs::path(CAUSEWAY_SOURCE_DIR) / ".." / "shared" / "corpus";
    if (!fs::exists(corpus / "nhs")) {
        MESSAGE("The corpus is absent: published Bundles are not assessed.");
        return;
    }
    const auto rules = referral_optimisation();
    fhirpath::Environment environment;
    environment.now = parse_fhir_instant("2026-11-21T09:30:00Z");
    int assessed = 0;
    for (const auto& entry : fs::recursive_directory_iterator(corpus / "nhs")) {
        if (entry.path().extension() != ".json") continue;
        const auto document = fhir::parse_json(Payload(read(entry.path())));
        if (!document || (*document)->root().type() != "Bundle") continue;
        const auto bundle = std::make_shared<fhir::Bundle>((*document)->root());
        environment.resolve = [bundle](std::string_view reference, const tree::Node& from) {
            return bundle->resolve(reference, from);
        };
        INFO(entry.path().string());
        const auto assessment = rules.assess((*document)->root(), environment);
        const auto decision = rules.decide((*document)->root(), environment);
        CHECK_MESSAGE(assessment.has_value(), (assessment ? std::string() : to_string(assessment.error())));
        CHECK_MESSAGE(decision.has_value(), (decision ? std::string() : to_string(decision.error())));
        ++assessed;
    }
    CHECK(assessed >= 50);
}
