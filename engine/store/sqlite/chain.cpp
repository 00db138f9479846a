#include "store/sqlite/chain.hpp"

#include <array>

namespace causeway::sqlite {

Sha256 Chain::link(const Sha256& before, const Event& event) {
    buffer_.assign(as_view(before));
    number(event.sequence);
    number(event.at.time_since_epoch().count());
    number(event.message.value);
    number(event.obligation.value);
    text(event.kind);
    text(event.actor);
    text(event.detail);
    return sha256(buffer_);
}

void Chain::number(std::int64_t value) {
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
    buffer_.append(bytes.data(), bytes.size());
}

void Chain::text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    buffer_.append(value);
}

}  // namespace causeway::sqlite
