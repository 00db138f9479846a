#include "core/error.hpp"

#include <array>
#include <stdexcept>

namespace causeway {
namespace {

constexpr std::array kCodes = std::to_array<std::string_view>(
    {"invalid",   "structure", "required",      "value",         "invariant",  "not-found",
     "duplicate", "conflict",  "business-rule", "not-supported", "too-long",   "too-costly",
     "login",     "expired",   "forbidden",     "throttled",     "timeout",    "no-store",
     "transient", "exception", "code-invalid",  "incomplete",    "processing", "informational"});

}  // namespace

std::string_view to_code(Issue issue) noexcept {
    return kCodes[static_cast<std::size_t>(issue)];
}

Issue issue_from_code(std::string_view code) noexcept {
    for (std::size_t i = 0; i < kCodes.size(); ++i)
        if (kCodes[i] == code) return static_cast<Issue>(i);
    return Issue::processing;
}

std::string to_string(const Error& error) {
    return error.where.empty() ? error.what : error.where + ": " + error.what;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error(to_string(error));
}

}  // namespace causeway
