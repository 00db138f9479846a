/// Any text is a code of each form or not; language tags do not mind case, and currencies and countries are short.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "validation/code_forms.hpp"

using namespace causeway::validation;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    require(is_language_tag(text) == is_language_tag(upper(text)));
    if (is_mime_type(text)) {
        require(is_mime_type(std::string(text) + "; a=b") == (text.find('/') != std::string_view::npos));
        require(!is_mime_type(std::string(text) + " "));
    }
    if (is_currency(text)) require(size == 3);
    if (is_country(text)) require(size == 2 || size == 3);
    if (is_country_part(text)) require(is_country(text.substr(0, 2)));
    if (is_time_zone(text)) require(!is_time_zone(std::string(text) + " "));
    (void)is_snomed_form(text);
    (void)is_loinc_form(text);
    return 0;
}
