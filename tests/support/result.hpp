#pragma once
/// Lets doctest print a Result that is checked by itself: `CHECK(stream->write(...))`. Include it before doctest.

#include <ostream>

#include "core/error.hpp"

namespace causeway {

inline std::ostream& operator<<(std::ostream& out, const Error& error) {
    return out << to_code(error.issue) << " " << to_string(error);
}

}  // namespace causeway
