#pragma once
/// Several coroutines at once, awaited together.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <vector>

namespace causeway::pipeline {

/// Runs all on `executor` and returns when the last has ended. An exception of one ends the process.
boost::asio::awaitable<void> in_parallel(boost::asio::any_io_executor executor,
                                         std::vector<boost::asio::awaitable<void>> all);

}  // namespace causeway::pipeline
