/// MllpReader: the same events and bytes whether the input comes whole or in pieces, and never more than went in.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/mllp.hpp"

namespace {

using causeway::net::MllpReader;
using Event = MllpReader::Event;
constexpr std::size_t kLimit = 4096;

struct Reading {
    std::vector<std::pair<Event, std::string>> steps;
    bool dead = false;

    void drain(MllpReader& reader) {
        for (auto event = reader.next(); event != Event::need_more && !dead; event = reader.next()) {
            dead = event == Event::oversized || event == Event::not_mllp;
            // The head of a dead reader holds what had come so far, which depends on the pieces.
            auto bytes = dead ? std::string() : event == Event::frame ? reader.take() : std::string(reader.head());
            steps.emplace_back(event, std::move(bytes));
        }
    }
};

Reading read(std::string_view input, std::size_t piece) {
    MllpReader reader(kLimit);
    Reading reading;
    for (std::size_t at = 0; at < input.size() && !reading.dead; at += piece) {
        reader.feed(input.substr(at, piece));
        reading.drain(reader);
    }
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto whole = read(input, size + 1);
    std::size_t given = 0;
    for (const auto& [event, bytes] : whole.steps) {
        if (event == Event::frame && bytes.size() > kLimit) std::abort();
        given += bytes.size();
    }
    if (given > size) std::abort();
    const std::size_t piece = size == 0 ? 1 : 1 + data[0] % 7;
    if (read(input, piece).steps != whole.steps || read(input, 1).steps != whole.steps) std::abort();
    return 0;
}
