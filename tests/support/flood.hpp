#pragma once
/// Many senders of large messages at the same moment, each with a thread of its own: none waits for another's bytes to
/// be taken, as it does in the load generator of one thread (load.hpp).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "support/load.hpp"

namespace causeway::test {

struct Flood {
    std::uint16_t port = 0;
    int connections = 128;
    double seconds = 1;                      ///< Nobody begins a request after this; those on their way are answered.
    std::uint64_t most = ~std::uint64_t{0};  ///< Requests in all.
    std::function<std::string(std::uint64_t n)> request;                   ///< Called from many threads.
    std::function<std::size_t(std::string_view bytes)> answer;             ///< As of Load.
    std::function<void(std::uint64_t n, std::string_view)> answered = {};  ///< One call at a time; may be empty.
};

/// Ends when every request that was begun is answered, or its connection ended.
Outcome flood(const Flood& flood);

}  // namespace causeway::test
