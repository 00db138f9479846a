// Any values at any places: the message that is written has them there, and not a segment, field or part more.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <tuple>

#include "core/text.hpp"
#include "hl7v2/message.hpp"
#include "hl7v2/writer.hpp"

using namespace causeway;
using namespace causeway::hl7v2;

namespace {

/// What a receiver reads of a value: control characters come back, but not bytes that are no characters.
bool comes_back(const std::string& value) {
    return is_valid_utf8(value) && !value.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Writer writer;
    writer.segment("MSH");
    writer.set(9, "ADT");
    writer.set(10, "M1");
    writer.set(12, "2.5.1");
    writer.segment("ZZ1");
    std::map<std::tuple<unsigned, unsigned, unsigned, unsigned>, std::string> set;
    for (std::size_t at = 0; at + 5 < size;) {
        const auto field = static_cast<std::uint16_t>(data[at] % 9 + 1);
        const auto repetition = data[at + 1] % 4U + 1;
        const auto component = static_cast<std::uint16_t>(data[at + 2] % 5 + 1);
        const auto sub = static_cast<std::uint16_t>(data[at + 3] % 3 + 1);
        const auto length = std::min<std::size_t>(data[at + 4] % 32, size - at - 5);
        const std::string value(reinterpret_cast<const char*>(data) + at + 5, length);
        writer.set(field, repetition, component, sub, value);
        set[{field, repetition, component, sub}] = value;
        at += 5 + length;
    }
    const auto message = parse(Payload(writer.text()));
    if (!message || (*message)->index().segments().size() != 2) std::abort();
    for (const auto& [place, value] : set) {
        if (!comes_back(value)) continue;
        const auto [field, repetition, component, sub] = place;
        Path path;
        path.segment = "ZZ1";
        path.field = static_cast<std::uint16_t>(field);
        path.repetition = repetition;
        path.component = static_cast<std::uint16_t>(component);
        path.subcomponent = static_cast<std::uint16_t>(sub);
        if ((*message)->get(path) != value) std::abort();
    }
    return 0;
}
