#include "pipeline/parallel.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

using Strand = asio::strand<asio::any_io_executor>;

asio::awaitable<void> wait_for_all(Strand strand, asio::any_io_executor executor,
                                   std::vector<asio::awaitable<void>> all) {
    std::size_t left = all.size();
    asio::steady_timer last(strand, asio::steady_timer::time_point::max());
    for (auto& one : all)
        asio::co_spawn(executor, std::move(one), asio::bind_executor(strand, [&](const std::exception_ptr& thrown) {
                           if (thrown) std::terminate();
                           if (--left == 0) last.cancel();
                       }));
    boost::system::error_code cancelled;
    while (left > 0) co_await last.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace

asio::awaitable<void> in_parallel(asio::any_io_executor executor, std::vector<asio::awaitable<void>> all) {
    auto strand = asio::make_strand(executor);
    auto waiting = wait_for_all(strand, executor, std::move(all));
    co_await asio::co_spawn(strand, std::move(waiting), asio::use_awaitable);
}

}  // namespace causeway::pipeline
