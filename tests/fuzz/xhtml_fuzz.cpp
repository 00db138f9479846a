/// Any text is a narrative or gets advice about a place in it; what is said of it lies in it.
#include <cstdint>
#include <cstdlib>

#include "validation/xhtml.hpp"

using namespace causeway::validation;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = read_xhtml(text);
    require(read.mistakes.size() <= kMostXhtmlMistakes);
    for (const auto& mistake : read.mistakes) require(mistake.offset <= size && !mistake.advice.empty());
    require(check_xhtml(text).empty() == read.is_allowed());
    for (const auto* list : {&read.ids, &read.targets, &read.languages})
        for (const auto each : *list)
            require(each.data() >= text.data() && each.data() + each.size() <= text.data() + text.size());
    return 0;
}
