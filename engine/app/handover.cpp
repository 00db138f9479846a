#include "app/handover.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/log.hpp"

namespace causeway::app {
namespace {

using net::Descriptor;
using net::DescriptorChannel;

constexpr std::string_view kHello = "causeway 1 ";
constexpr std::string_view kSocket = "socket ";
constexpr std::string_view kFailed = "failed ";
constexpr Duration kAnswer = std::chrono::seconds(10);
constexpr auto kNoDescriptor = std::chrono::milliseconds(100);  ///< After a failed accept.
constexpr Duration kLetGo = std::chrono::minutes(15);  ///< Longest that deliveries and sessions may take to end.
constexpr Duration kStart = std::chrono::hours(24);    ///< A successor that hangs must be ended by a person.

Error unexpected() {
    return fail(Issue::not_supported, "",
                "The other process speaks another version of the takeover; stop the running "
                "engine and start the new one.");
}

Error silent(const std::filesystem::path& state) {
    return fail(Issue::timeout, state.string(),
                "The engine that runs here does not answer; see whether it hangs (`causeway status`), stop it, then "
                "start this one.",
                Retry::later);
}

bool is_ours(const DescriptorChannel& channel) {
    const auto uid = channel.peer().uid;
    return uid == 0 || uid == static_cast<long>(::geteuid());
}

}  // namespace

std::filesystem::path handover_socket(const std::filesystem::path& state) {
    return state / "takeover.sock";
}

// ------------------------------------------------------------------------------------ the running process

Result<void> Successor::hand_over() {
    if (auto sent = channel_.send("yours"); !sent) return sent;
    const auto line = channel_.receive(kStart);
    if (!line) return line.error();
    if (line->text == "ready") return {};
    if (line->text.starts_with(kFailed)) return fail(Issue::exception, "", line->text.substr(kFailed.size()));
    return unexpected();
}

Result<void> HandoverPoint::start(const std::filesystem::path& state) {
    auto lease = sockets_->lease_unix(handover_socket(state).string());
    if (!lease) return lease.error();
    lease_ = std::move(*lease);
    socket_ = lease_.descriptor();
    end_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
    thread_ = std::thread([this] { listen(); });
    return {};
}

void HandoverPoint::stop() {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    if (::write(end_.get(), &one, sizeof one) == sizeof one) thread_.join();
    lease_.release();
}

void HandoverPoint::listen() {
    for (;;) {
        std::array<pollfd, 2> both{pollfd{socket_.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
        if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR) return;
        if (both[1].revents != 0) return;
        if (both[0].revents == 0) continue;
        Descriptor accepted(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!accepted) {
            std::this_thread::sleep_for(kNoDescriptor);
            continue;
        }
        DescriptorChannel channel(std::move(accepted));
        if (!serve(channel)) continue;
        log::info("takeover.begins", {{"process", channel.peer().pid}});
        successor_.emplace(std::move(channel));
        return on_go_();
    }
}

/// Does it want to go on from here?
bool HandoverPoint::serve(DescriptorChannel& channel) {
    const auto hello = channel.receive(kAnswer);
    if (!hello || !is_ours(channel)) return false;
    if (!hello->text.starts_with(kHello)) {
        const auto told = channel.send("failed " + unexpected().what);
        return told && false;
    }
    for (const auto& socket : sockets_->copies())
        if (!channel.send(std::string(kSocket) + socket.name, socket.descriptor.get())) return false;
    if (!channel.send("sockets")) return false;
    const auto go = channel.receive(kAnswer);
    return go && go->text == "go";
}

std::optional<Successor> HandoverPoint::take_successor() {
    return std::exchange(successor_, std::nullopt);
}

// ------------------------------------------------------------------------------------ the new process

Result<std::optional<Predecessor>> Predecessor::find(const std::filesystem::path& state, net::SocketShelf& sockets) {
    auto channel = DescriptorChannel::connect(handover_socket(state).string());
    if (!channel && channel.error().issue == Issue::not_found) return std::optional<Predecessor>();
    if (!channel) return channel.error();
    if (auto sent = channel->send(std::string(kHello) + CAUSEWAY_VERSION); !sent) return sent.error();
    for (;;) {
        auto line = channel->receive(kAnswer);
        if (!line) return silent(state);
        if (line->text == "sockets") break;
        if (line->text.starts_with(kFailed)) return fail(Issue::conflict, "", line->text.substr(kFailed.size()));
        if (!line->text.starts_with(kSocket) || !line->descriptor) return unexpected();
        sockets.adopt(line->text.substr(kSocket.size()), std::move(line->descriptor));
    }
    return std::optional<Predecessor>(Predecessor(std::move(*channel)));
}

Result<void> Predecessor::take_over() {
    if (auto sent = channel_.send("go"); !sent) return sent;
    const auto line = channel_.receive(kLetGo);
    if (line && line->text == "yours") return {};
    if (line) return unexpected();
    if (line.error().issue == Issue::timeout)
        return fail(Issue::timeout, "", "The running engine does not let go; look at its log, then stop and start it.");
    log::warning("takeover.predecessor_died");  // Its ledger is as after a crash; its sockets are here.
    return {};
}

void Predecessor::tell_ready() {
    if (!channel_.send("ready")) log::warning("takeover.predecessor_died");
}

void Predecessor::tell_failed(const Error& why) {
    // Where this does not reach it, the end of the connection says the same.
    if (!channel_.send(std::string(kFailed) + to_string(why))) log::warning("takeover.predecessor_died");
}

}  // namespace causeway::app
