/// Reads any bytes as a CSV file, in one piece and byte by byte: both must agree.

#include <cstdint>
#include <string>
#include <vector>

#include "assurance/csv.hpp"

using causeway::assurance::CsvColumn;

namespace {

struct Outcome {
    std::vector<std::string> values;
    bool good = true;
    bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view text, std::size_t piece) {
    Outcome made;
    CsvColumn csv("id", [&](std::string_view value) { made.values.emplace_back(value); });
    for (std::size_t at = 0; at < text.size() && made.good; at += piece)
        made.good = csv.feed(text.substr(at, piece)).has_value();
    made.good = made.good && csv.finish().has_value();
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (!(read(text, text.size() + 1) == read(text, 1))) __builtin_trap();
    return 0;
}
