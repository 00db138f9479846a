#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>

#include "support/adapters.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using Outcome = Receipt::Outcome;
using Names = std::set<std::string>;

namespace {

Delivery delivery(std::string obligation, std::string text = "MSH|1", std::string_view media_type = kHl7v2) {
    Delivery made;
    made.obligation = std::move(obligation);
    made.message = "M";
    made.media_type = media_type;
    made.payload = Payload(std::move(text));
    return made;
}

}  // namespace

TEST_CASE("a delivery becomes one whole file named by its obligation") {
    const test::TempDir dir;
    test::Outbound writer("directory_writer", "directory: .\n", dir.path());
    CHECK(writer.deliver(delivery("O1")).value().outcome == Outcome::confirmed);
    CHECK(writer.deliver(delivery("O2", "{}", kFhirJson)).value().outcome == Outcome::confirmed);
    CHECK(dir.names() == Names{"O1.hl7", "O2.json"});
    CHECK(dir.read("O1.hl7") == "MSH|1");
}

TEST_CASE("a second attempt replaces its own first copy") {
    const test::TempDir dir;
    test::Outbound writer("directory_writer", "directory: .\nsuffix: .txt\n", dir.path());
    CHECK(writer.deliver(delivery("O1", "a")).value().outcome == Outcome::confirmed);
    CHECK(writer.deliver(delivery("O1", "b")).value().outcome == Outcome::confirmed);
    CHECK(dir.names() == Names{"O1.txt"});
    CHECK(dir.read("O1.txt") == "b");
}

TEST_CASE("a missing directory may be tried again later") {
    const test::TempDir dir;
    test::Outbound writer("directory_writer", "directory: nowhere\n", dir.path());
    const auto receipt = writer.deliver(delivery("O1"));
    REQUIRE(receipt.has_error());
    CHECK(receipt.error().retry == Retry::later);
}

TEST_CASE("a file that cannot be written leaves nothing behind") {
    const test::TempDir dir;
    std::filesystem::create_directory(dir / "O1.hl7");  // The name is taken by a folder: the rename fails.
    test::Outbound writer("directory_writer", "directory: .\n", dir.path());
    const auto receipt = writer.deliver(delivery("O1"));
    REQUIRE(receipt.has_error());
    CHECK(dir.names() == Names{"O1.hl7"});
}

TEST_CASE("an obligation cannot name a place outside the directory") {
    const test::TempDir dir;
    test::Outbound writer("directory_writer", "directory: .\n", dir.path());
    const auto receipt = writer.deliver(delivery("../O1"));
    REQUIRE(receipt.has_error());
    CHECK(receipt.error().retry == Retry::never);
}

TEST_CASE("a suffix that names a folder is refused") {
    const test::TempDir dir;
    CHECK_THROWS(test::Outbound("directory_writer", "directory: .\nsuffix: /etc/x\n", dir.path()));
}

TEST_CASE("create makes the directory") {
    const test::TempDir dir;
    test::Outbound writer("directory_writer", "directory: a/b\ncreate: true\n", dir.path());
    CHECK(writer.deliver(delivery("O1")).value().outcome == Outcome::confirmed);
    CHECK(dir.read("a/b/O1.hl7") == "MSH|1");
}
