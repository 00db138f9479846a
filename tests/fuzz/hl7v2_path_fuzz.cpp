// Any text as a path: what is read is written and read the same, and what match() finds is a path.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hl7v2/path.hpp"

using causeway::hl7v2::Path;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto path = Path::parse(text)) {
        const auto written = path->text();
        const auto again = Path::parse(written);
        if (!again || again->text() != written) std::abort();
    }
    const auto length = Path::match(text);
    if (length > size) std::abort();
    if (length > 0 && !Path::parse(text.substr(0, length))) std::abort();
    return 0;
}
