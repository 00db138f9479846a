#include "net/descriptor_channel.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <chrono>

#include "support/temp_dir.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using net::Descriptor;
using net::DescriptorChannel;

namespace {

std::pair<DescriptorChannel, DescriptorChannel> channel_pair() {
    int fds[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    return {DescriptorChannel(Descriptor(fds[0])), DescriptorChannel(Descriptor(fds[1]))};
}

}  // namespace

TEST_CASE("descriptor channel: lines come in order, each with its own descriptor") {
    const test::TempDir dir;
    const auto path = dir.write("file", "content");
    auto [here, there] = channel_pair();
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(here.send("first", file.get()).has_value());
    REQUIRE(here.send("second").has_value());

    auto first = there.receive(10s).value();
    CHECK(first.text == "first");
    REQUIRE(first.descriptor);
    char text[8] = {};
    CHECK(::read(first.descriptor.get(), text, 7) == 7);
    CHECK(std::string(text) == "content");
    CHECK((::fcntl(first.descriptor.get(), F_GETFD) & FD_CLOEXEC) != 0);

    const auto second = there.receive(10s).value();
    CHECK(second.text == "second");
    CHECK_FALSE(second.descriptor);
}

TEST_CASE("descriptor channel: the end of the other process is told from its silence") {
    auto [here, there] = channel_pair();
    CHECK(there.receive(10ms).error().issue == Issue::timeout);
    here = DescriptorChannel(Descriptor());
    CHECK(there.receive(10s).error().issue == Issue::transient);
    CHECK(there.send("nobody hears").has_error());
}

TEST_CASE("descriptor channel: the other end's user and process are known") {
    const auto [here, there] = channel_pair();
    CHECK(here.peer().uid == static_cast<long>(::geteuid()));
    CHECK(here.peer().pid == static_cast<long>(::getpid()));
}

TEST_CASE("descriptor channel: nobody listening is not_found") {
    const test::TempDir dir;
    CHECK(DescriptorChannel::connect((dir / "nothing").string()).error().issue == Issue::not_found);
}
