#include "net/http_buffer.hpp"

namespace causeway::net {
void HttpBuffer::consume(std::size_t size) {
    at_ += size;
    if (at_ < data_.size()) return;
    data_.clear();
    at_ = 0;
}

Async<std::size_t> HttpBuffer::fill(Duration limit) {
    data_.erase(0, at_);
    at_ = 0;
    const auto before = data_.size();
    data_.resize(before + kBlock);
    const std::span<char> space(data_.data() + before, kBlock);
    auto got = co_await stream_.read_some(space, limit);
    data_.resize(before + (got ? got.value() : 0));
    co_return got;
}

}  // namespace causeway::net
