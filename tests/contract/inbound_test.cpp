/// Points 3, 4, 6, 7, 9 and 10 for whatever takes messages in. Point 5 (kill -9) needs the real ledger: tests/crash.
#include <doctest/doctest.h>

#include <mutex>
#include <thread>

#include "contract/rig.hpp"
#include "core/log.hpp"
#include "support/temp_dir.hpp"

namespace causeway::contract {
namespace {

using namespace std::chrono_literals;
constexpr auto kSoon = 5000ms;
constexpr auto kQuiet = 200ms;

/// One running channel of a rig.
struct Channel {
    explicit Channel(const InboundRig& with) : rig(with), inbound(rig.adapter(), rig.options(), dir.path()) {}

    std::unique_ptr<Sender> connect() {
        if (!started_) inbound.start();
        started_ = true;
        return rig.connect(inbound);
    }
    void send(Sender& sender, std::string_view id) const { sender.send(rig.wire(rig.message(id))); }
    /// Does a new sender get a message through?
    bool works(std::string_view id) {
        const auto sender = connect();
        send(*sender, id);
        return sender->answer(kSoon) == Answer::positive;
    }

    const InboundRig& rig;
    test::TempDir dir;
    test::Inbound inbound;

private:
    bool started_ = false;
};

void for_each_rig(const std::function<void(Channel&)>& check) {
    for (const auto* rig : inbound_rigs()) {
        INFO(rig->adapter());
        Channel channel(*rig);
        check(channel);
    }
}

Error no_store() {
    return fail(Issue::no_store, "", "The disk is full.", Retry::later);
}

Finding finding() {
    Finding made;
    made.issue = Issue::required;
    made.text = "Something is missing.";
    return made;
}

Duration time_of_stop(Channel& channel, Duration deadline) {
    const auto begun = std::chrono::steady_clock::now();
    channel.inbound.stop(deadline);
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun);
}

}  // namespace

TEST_CASE("3: stopping what was not started, and stopping twice, is safe") {
    for_each_rig([](Channel& channel) {
        channel.inbound.stop(100ms);
        channel.inbound.stop(100ms);
    });
    for_each_rig([](Channel& channel) {
        CHECK(channel.works("S1"));
        channel.inbound.stop(100ms);
        channel.inbound.stop(100ms);
    });
}

TEST_CASE("3: a stop under load ends within its deadline and acknowledges nothing that was not committed") {
    for_each_rig([](Channel& channel) {
        std::vector<std::unique_ptr<Sender>> senders;
        for (int i = 0; i < 8; ++i) senders.push_back(channel.connect());
        channel.inbound.intake.hold();
        for (int i = 0; i < 8; ++i) channel.send(*senders[static_cast<std::size_t>(i)], "L" + std::to_string(i));
        REQUIRE(test::eventually([&] { return channel.inbound.intake.calls() >= 1; }));
        CHECK(time_of_stop(channel, 200ms) < 3s);
        for (const auto& sender : senders) CHECK(sender->answer(10ms) == Answer::none);
        CHECK(channel.inbound.intake.accepted().empty());
    });
}

TEST_CASE("4: no positive acknowledgement before the commit") {
    for_each_rig([](Channel& channel) {
        const auto sender = channel.connect();
        channel.inbound.intake.hold();
        channel.send(*sender, "A1");
        REQUIRE(test::eventually([&] { return channel.inbound.intake.calls() == 1; }));
        CHECK(sender->answer(kQuiet) == Answer::none);
        channel.inbound.intake.release();
        CHECK(sender->answer(kSoon) == Answer::positive);
        REQUIRE(channel.inbound.intake.accepted().size() == 1);
        CHECK(channel.inbound.intake.accepted()[0].body.reveal() == channel.rig.message("A1"));
    });
}

TEST_CASE("4: what could not be stored is never acknowledged, and comes through later") {
    for_each_rig([](Channel& channel) {
        const auto sender = channel.connect();
        channel.inbound.intake.fail_with(no_store());
        channel.send(*sender, "N1");
        CHECK(sender->answer(kQuiet) != Answer::positive);
        channel.inbound.intake.fail_with(std::nullopt);
        CHECK(channel.works("N1"));
    });
}

TEST_CASE("4: what was refused, or conflicts, is answered negatively; a repetition positively") {
    for_each_rig([](Channel& channel) {
        channel.inbound.intake.refuse_with(finding());
        const auto sender = channel.connect();
        channel.send(*sender, "R1");
        CHECK(sender->answer(kSoon) == Answer::negative);
        channel.inbound.intake.refuse_with(std::nullopt);
        CHECK(channel.works("R1"));
        CHECK(channel.works("R1"));
        CHECK(channel.inbound.intake.accepted().size() == 1);
    });
}

TEST_CASE("4: four senders, one good, one refused, one broken, one that leaves: each gets its own answer") {
    for_each_rig([](Channel& channel) {
        const auto good = channel.connect();
        const auto broken = channel.connect();
        const auto leaving = channel.connect();
        leaving->send(channel.rig.wire(channel.rig.message("F1")).substr(0, 20));
        leaving->leave();
        broken->send(channel.rig.wire("nonsense"));
        CHECK(broken->answer(kSoon) == Answer::negative);
        channel.send(*good, "F2");
        CHECK(good->answer(kSoon) == Answer::positive);
        channel.inbound.intake.refuse_with(finding());
        const auto refused = channel.connect();
        channel.send(*refused, "F3");
        CHECK(refused->answer(kSoon) == Answer::negative);
    });
}

TEST_CASE("6: while intake works nothing more is taken, and the sender is slowed down") {
    for_each_rig([](Channel& channel) {
        constexpr std::size_t kLimit = 64u << 20;
        const auto sender = channel.connect();
        channel.inbound.intake.hold();
        CHECK(sender->flood(channel.rig.wire(channel.rig.message("B1")), kLimit) < kLimit);
        CHECK(channel.inbound.intake.calls() == 1);
        sender->leave();
    });
}

TEST_CASE("7: a message arrives whole however its bytes were cut") {
    for_each_rig([](Channel& channel) {
        const auto size = channel.rig.wire(channel.rig.message("C000")).size();
        const std::size_t step = channel.rig.is_framed() ? 1 : size / 4;
        std::size_t sent = 0;
        for (std::size_t cut = 1; cut < size; cut += step) {
            const auto message = channel.rig.message("C" + std::to_string(100 + cut));
            const auto wire = channel.rig.wire(message);
            const auto sender = channel.connect();
            sender->send(std::string_view(wire).substr(0, cut));
            std::this_thread::sleep_for(1ms);
            sender->send(std::string_view(wire).substr(cut));
            REQUIRE(sender->answer(kSoon) == Answer::positive);
            CHECK(channel.inbound.intake.accepted().back().body.reveal() == message);
            ++sent;
        }
        CHECK(channel.inbound.intake.accepted().size() == sent);
    });
}

TEST_CASE("7: a message that breaks off is not taken, wherever it breaks") {
    for_each_rig([](Channel& channel) {
        if (!channel.rig.is_framed()) return;
        const auto wire = channel.rig.wire(channel.rig.message("T1"));
        // The last byte of a frame may be missing: its end is known before it.
        for (std::size_t cut = 0; cut + 2 < wire.size(); cut += 7) {
            const auto sender = channel.connect();
            sender->send(std::string_view(wire).substr(0, cut));
            sender->leave();
        }
        CHECK(channel.works("T2"));
        CHECK(channel.inbound.intake.accepted().size() == 1);
    });
}

TEST_CASE("7: a message that stalls ends the connection within its limit, and leaves nothing") {
    for_each_rig([](Channel& channel) {
        if (!channel.rig.is_framed()) return;
        const auto wire = channel.rig.wire(channel.rig.message("T1"));
        const auto sender = channel.connect();
        sender->send(std::string_view(wire).substr(0, wire.size() / 2));
        CHECK(sender->answer(kSoon) != Answer::positive);
        CHECK(sender->is_closed(kSoon));
        CHECK(channel.inbound.intake.calls() == 0);
        CHECK(channel.works("T2"));
    });
}

TEST_CASE("7: a message over the limit is refused, and the next sender is served") {
    for_each_rig([](Channel& channel) {
        const auto sender = channel.connect();
        sender->send(channel.rig.wire(channel.rig.message("O1") + std::string(100'000, ' ')));
        CHECK(sender->answer(kSoon) != Answer::positive);
        CHECK(channel.inbound.intake.accepted().empty());
        CHECK(channel.works("O2"));
    });
}

TEST_CASE("7: garbage is never acknowledged, and the next sender is served") {
    for_each_rig([](Channel& channel) {
        int number = 0;
        for (const auto& garbage : channel.rig.garbage()) {
            const auto sender = channel.connect();
            sender->send(garbage);
            CHECK(sender->answer(kQuiet) != Answer::positive);
            CHECK(channel.inbound.intake.accepted().size() == static_cast<std::size_t>(number));
            CHECK(channel.works("G" + std::to_string(++number)));
        }
    });
}

TEST_CASE("9: a patient's name reaches no log and no metric") {
    std::mutex mutex;
    std::string lines;
    log::set_level(log::Level::debug);
    log::set_sink([&](std::string_view line) {
        const std::lock_guard lock(mutex);
        lines.append(line).append("\n");
    });
    for_each_rig([&](Channel& channel) {
        CHECK(channel.works("P1"));
        for (const auto& garbage : channel.rig.garbage()) {
            const auto sender = channel.connect();
            sender->send(garbage);
            sender->answer(50ms);
        }
        const auto oversized = channel.connect();
        oversized->send(channel.rig.wire(channel.rig.message("P2") + std::string(100'000, ' ')));
        oversized->answer(kQuiet);
        const auto stalled = channel.connect();
        stalled->send(channel.rig.wire(channel.rig.message("P3")).substr(0, 90));
        stalled->answer(400ms);
        channel.inbound.intake.fail_with(no_store());
        const auto unstored = channel.connect();
        channel.send(*unstored, "P4");
        unstored->answer(kQuiet);
        CHECK(channel.inbound.metrics.text().find(kCanary) == std::string::npos);
    });
    log::set_sink({});
    log::set_level(log::Level::warning);
    CHECK_FALSE(lines.empty());
    CHECK(lines.find(kCanary) == std::string::npos);
}

TEST_CASE("10: a free port is found and told, and the standard metrics count") {
    for_each_rig([](Channel& channel) {
        const auto before = channel.inbound.metrics.text();
        CHECK(before.find("causeway_adapter_messages_total{channel=\"canal\",result=\"accepted\"} 0") !=
              std::string::npos);
        CHECK(channel.works("M1"));
        CHECK_FALSE(channel.inbound.address().ends_with(":0"));
        const auto text = channel.inbound.metrics.text();
        CHECK(text.find("causeway_adapter_messages_total{channel=\"canal\",result=\"accepted\"} 1") !=
              std::string::npos);
        CHECK(text.find("causeway_adapter_bytes_total{channel=\"canal\"}") != std::string::npos);
        CHECK(text.find("causeway_adapter_bytes_total{channel=\"canal\"} 0") == std::string::npos);
        CHECK(text.find("causeway_adapter_connections{channel=\"canal\"}") != std::string::npos);
    });
}

}  // namespace causeway::contract
