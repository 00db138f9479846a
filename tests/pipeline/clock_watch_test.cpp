#include "pipeline/clock_watch.hpp"

#include <doctest/doctest.h>

#include "support/engine_fixture.hpp"

namespace causeway::pipeline {
namespace {

using namespace std::chrono_literals;

TEST_CASE("clock watch: a promise that is made during a stop does not keep the process alive") {
    const test::TempDir dir;
    const test::TestClock clock;
    LedgerOptions options;
    options.file = (dir / "ledger.db").string();
    options.min_free_bytes = 0;
    const auto store = open_sqlite_ledger(std::move(options), clock);
    REQUIRE(store.has_value());
    metrics::Registry registry;
    boost::asio::io_context context;
    ClockWatch watch(context.get_executor(), **store, clock, registry);
    PathwayClock promise;
    promise.id = Id{1};
    promise.warn_at = promise.breach_at = clock.now() + 48h;

    watch.close();
    watch.add(promise);

    context.run_for(3s);
    CHECK(context.stopped());
}

}  // namespace
}  // namespace causeway::pipeline
