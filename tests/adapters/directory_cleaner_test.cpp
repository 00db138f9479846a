#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <thread>

#include "adapters/directory_reader/cleaner.hpp"
#include "support/adapters.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Instant now() {
    return SystemClock().now();
}

}  // namespace

TEST_CASE("cleaner: what came in longer ago than it is kept is removed, and nothing else") {
    const test::TempDir dir;
    dir.write("a.hl7", "one");
    dir.write("b.hl7", "two");
    fs::create_directory(dir / "folder");
    fs::create_symlink(dir / "a.hl7", dir / "link");

    CHECK(spool::remove_old(dir.path(), 3h, now() + 2h, {}) == 0);
    CHECK(spool::remove_old(dir.path(), 1h, now() + 2h, {}) == 2);
    CHECK(dir.names() == std::set<std::string>{"folder", "link"});
}

TEST_CASE("cleaner: the time counts from when the file was moved, not from when its sender wrote it") {
    const test::TempDir dir;
    const auto file = dir.write("a.hl7", "one");
    fs::last_write_time(file, fs::file_time_type::clock::now() - 1000h);
    CHECK(spool::remove_old(dir.path(), 1h, now(), {}) == 0);
    CHECK(fs::exists(file));
}

TEST_CASE("cleaner: it ends when it is told to") {
    const test::TempDir dir;
    dir.write("a.hl7", "one");
    std::stop_source stop;
    stop.request_stop();
    CHECK(spool::remove_old(dir.path(), 1h, now() + 2h, stop.get_token()) == 0);
}

TEST_CASE("done/ of a directory is cleaned, refused/ and what waits are not") {
    const test::TempDir dir;
    for (const auto* name : {"done/old.hl7", "refused/old.hl7", "waits.tmp"}) dir.write(name, "old");
    std::this_thread::sleep_for(20ms);
    test::Inbound channel("directory_reader", "directory: .\nkeep_done: 10ms\n", dir.path());
    channel.start();
    CHECK(test::eventually([&] { return !fs::exists(dir / "done/old.hl7"); }));
    CHECK(fs::exists(dir / "refused/old.hl7"));
    CHECK(fs::exists(dir / "waits.tmp"));
}

TEST_CASE("done/ is kept for ever where the configuration says so") {
    const test::TempDir dir;
    dir.write("done/old.hl7", "old");
    std::this_thread::sleep_for(20ms);
    test::Inbound channel("directory_reader", "directory: .\nkeep_done: 0s\n", dir.path());
    channel.start();
    std::this_thread::sleep_for(100ms);
    CHECK(fs::exists(dir / "done/old.hl7"));
}
