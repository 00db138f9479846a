#pragma once
/// Bytes that may hold patient data.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace causeway {

/// Immutable bytes that may hold patient data, shared and not copied. There is no operator<<, so a payload cannot be
/// logged by accident; reading it is a visible act. Threads: immutable, so any thread may hold and read a copy.
/// A view from reveal() lives as long as any copy of the payload.
class Payload {
public:
    Payload() = default;
    explicit Payload(std::string bytes) : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}

    std::string_view reveal() const noexcept { return bytes_ ? std::string_view(*bytes_) : std::string_view(); }
    std::size_t size() const noexcept { return bytes_ ? bytes_->size() : 0; }
    bool empty() const noexcept { return size() == 0; }

private:
    std::shared_ptr<const std::string> bytes_;
};

}  // namespace causeway
