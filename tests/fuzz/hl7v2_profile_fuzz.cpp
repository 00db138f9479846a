/// Conformance profiles: any message against every shipped one, and any text as a profile. Findings have a place and a
/// code, and never a value of the message.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "hl7v2/message.hpp"
#include "validation/v2/check.hpp"

using namespace causeway;
namespace v2 = validation::v2;

namespace {

const std::vector<v2::ProfilePtr>& shipped() {
    static const auto profiles = [] {
        const std::filesystem::path folder = CAUSEWAY_SOURCE_DIR "/profiles";
        std::vector<v2::ProfilePtr> found;
        std::vector<config::Mistake> mistakes;
        for (const auto& name : v2::profiles_in(folder)) found.push_back(v2::load_profile(folder, name, mistakes));
        if (found.empty() || !mistakes.empty()) std::abort();
        return found;
    }();
    return profiles;
}

void try_profile(const hl7v2::Message& message, const v2::Profile& profile) {
    constexpr std::size_t kMost = 50;
    (void)v2::is_for(profile, message);
    const auto outcome = v2::check(message, profile, kMost);
    if (outcome.issues.size() > kMost + 1) std::abort();
    for (const auto& finding : outcome.issues)
        if (finding.text.empty() || finding.rule.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    if (const auto message = hl7v2::parse(Payload(bytes))) {
        for (const auto& profile : shipped()) try_profile(**message, *profile);
        return 0;
    }
    static const auto folder =
        std::filesystem::temp_directory_path() / ("causeway-profile-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "any.yaml", std::ios::binary) << bytes;
    std::vector<config::Mistake> mistakes;
    const auto profile = v2::load_profile(folder, "any", mistakes);
    if (!profile && mistakes.empty()) std::abort();
    static const auto message = hl7v2::parse(Payload("MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||1^^^X\r"));
    if (profile) try_profile(**message, *profile);
    std::filesystem::remove_all(folder);
    return 0;
}
