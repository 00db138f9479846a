#pragma once
/// application/x-www-form-urlencoded (https://url.spec.whatwg.org/#application/x-www-form-urlencoded).

#include <string>
#include <string_view>

namespace causeway::api {

/// One name or value; "%" without two hexadecimal digits stays.
std::string form_decode(std::string_view text);

}  // namespace causeway::api
