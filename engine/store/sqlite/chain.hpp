#pragma once
/// The hash chain over the events.

#include <string>

#include "core/digest.hpp"
#include "model/event.hpp"

namespace causeway::sqlite {

/// SHA-256 over the hash before and every field of the event, texts with their length in front.
class Chain {
public:
    Sha256 link(const Sha256& before, const Event& event);

private:
    void number(std::int64_t value);
    void text(std::string_view value);

    std::string buffer_;  // Kept between calls, as every event passes here.
};

}  // namespace causeway::sqlite
