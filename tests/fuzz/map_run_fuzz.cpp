/// Any message or document through every shipped map: no crash, no hang; what comes out can be read, is the same when
/// it is made again, and has no segment that no row writes.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "core/time.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "mapping/map.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::vector<mapping::Map>& shipped() {
    static const auto maps = [] {
        std::vector<mapping::Map> found;
        for (const auto& entry : std::filesystem::directory_iterator(CAUSEWAY_SOURCE_DIR "/mappings")) {
            std::vector<config::Mistake> mistakes;
            if (entry.path().extension() == ".map") found.push_back(mapping::Map::load(entry.path(), mistakes));
        }
        return found;
    }();
    return maps;
}

bool can_be_read(const mapping::Output& output) {
    if (output.media_type.find("hl7-v2") == std::string::npos) return fhir::parse_json(output.payload).has_value();
    // A document may hold no good control id, type or version; bad segments or bytes are the writer's mistake.
    const auto message = hl7v2::parse(output.payload);
    if (!message && (message.error().hl7_code == 100 || message.error().hl7_code == 102)) return false;
    for (const auto line : split(output.payload.reveal(), '\r'))
        if (!line.empty() && (line.size() < 4 || line[3] != '|')) return false;
    return true;
}

void run(Direction direction, const tree::Node& input) {
    mapping::Facts facts;
    facts.now = parse_fhir_instant("2026-11-21T09:30:00Z");
    facts.variables["obligation"] = {std::string("0TEST00000001")};
    for (const auto& map : shipped()) {
        if (!map.can(direction)) continue;
        const auto made = map.run(direction, input, facts);
        if (!made) continue;
        if (!can_be_read(*made)) std::abort();
        const auto again = map.run(direction, input, facts, true);
        if (!again || again->payload.reveal() != made->payload.reveal()) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    if (const auto message = hl7v2::parse(Payload(bytes))) run(Direction::forward, (*message)->root());
    if (const auto document = fhir::parse_json(Payload(bytes))) run(Direction::reverse, (*document)->root());
    return 0;
}
