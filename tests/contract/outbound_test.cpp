/// Points 3, 4, 8, 9 and 10 for whatever sends messages out.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "contract/rig.hpp"
#include "core/log.hpp"
#include "support/temp_dir.hpp"

namespace causeway::contract {
namespace {

using namespace std::chrono_literals;
using test::Reply;
using Outcome = Receipt::Outcome;

/// One sender of a rig, and its peer where there is one.
struct Destination {
    Destination(const OutboundRig& with, test::Peer::Answer answer)
        : rig(with),
          peer(rig.read() != nullptr ? std::make_unique<test::Peer>(rig.read(), std::move(answer)) : nullptr),
          outbound(rig.adapter(), rig.options(peer ? peer->port() : 0), dir.path()) {}

    Result<Receipt> deliver(std::string_view id) { return outbound.deliver(rig.delivery(id)); }

    const OutboundRig& rig;
    test::TempDir dir;
    std::unique_ptr<test::Peer> peer;
    test::Outbound outbound;
};

using Script = std::function<Reply(const OutboundRig&, const std::string& request)>;

/// Every rig, or those with a peer that answers.
void for_each_rig(const Script& script, const std::function<void(Destination&)>& check, bool only_with_peer = true) {
    for (const auto* rig : outbound_rigs()) {
        if (only_with_peer && rig->read() == nullptr) continue;
        INFO(rig->adapter());
        Destination destination(*rig, [&](const std::string& request) { return script(*rig, request); });
        check(destination);
    }
}

Reply positive(const OutboundRig& rig, const std::string& request) {
    return rig.positive(request);
}
Reply negative(const OutboundRig& rig, const std::string& request) {
    return rig.negative(request);
}
Reply silence(const OutboundRig&, const std::string&) {
    return {};
}
Reply hang_up(const OutboundRig&, const std::string&) {
    return {"", true};
}

}  // namespace

TEST_CASE("4: a peer that accepts confirms, and the same delivery may come again") {
    for_each_rig(
        positive,
        [](Destination& to) {
            CHECK(to.deliver("A1").value().outcome == Outcome::confirmed);
            CHECK(to.deliver("A1").value().outcome == Outcome::confirmed);
        },
        false);
}

TEST_CASE("4: a peer that refuses is never taken for one that accepts") {
    for_each_rig(negative, [](Destination& to) {
        const auto receipt = to.deliver("A1").value();
        CHECK(receipt.outcome == Outcome::refused);
        CHECK_FALSE(receipt.detail.empty());
    });
}

TEST_CASE("4: a peer that hangs up or stays silent leaves the outcome unknown, in time") {
    for (const auto& script : {Script(hang_up), Script(silence)})
        for_each_rig(script, [](Destination& to) {
            const auto begun = std::chrono::steady_clock::now();
            CHECK(to.deliver("A1").value().outcome == Outcome::unknown);
            CHECK(std::chrono::steady_clock::now() - begun < 3s);
        });
}

TEST_CASE("4: nobody there: nothing was sent, and a later attempt may work") {
    for (const auto* rig : outbound_rigs()) {
        if (rig->read() == nullptr) continue;
        INFO(rig->adapter());
        std::uint16_t port = 0;
        { port = test::TcpServer().port(); }
        test::Outbound outbound(rig->adapter(), rig->options(port));
        const auto receipt = outbound.deliver(rig->delivery("A1"));
        REQUIRE(receipt.has_error());
        CHECK(receipt.error().retry == Retry::later);
    }
}

TEST_CASE("4: mixed answers to many deliveries at once each go to the right one") {
    const Script mixed = [](const OutboundRig& rig, const std::string& request) {
        return request.find("N1") != std::string::npos ? rig.negative(request) : rig.positive(request);
    };
    for_each_rig(mixed, [](Destination& to) {
        std::vector<std::pair<Outcome, std::future<Result<Receipt>>>> all;
        for (int i = 0; i < 20; ++i) {
            const bool good = i % 2 == 0;
            const auto id = (good ? "P1" : "N1") + std::to_string(i);
            all.emplace_back(good ? Outcome::confirmed : Outcome::refused, to.outbound.start(to.rig.delivery(id)));
        }
        for (auto& [expected, receipt] : all) CHECK(receipt.get().value().outcome == expected);
    });
}

TEST_CASE("8: a foreign answer never matches; the right one behind it does") {
    for_each_rig([](const OutboundRig& rig, const std::string& request) { return rig.foreign(request); },
                 [](Destination& to) { CHECK(to.deliver("A1").value().outcome == Outcome::unknown); });
    for_each_rig(
        [](const OutboundRig& rig, const std::string& request) {
            return Reply{rig.foreign(request).bytes + rig.negative(request).bytes};
        },
        [](Destination& to) { CHECK(to.deliver("A1").value().outcome == Outcome::refused); });
}

TEST_CASE("8: a late answer is never credited to the next delivery") {
    std::atomic<int> count = 0;
    const Script late = [&](const OutboundRig& rig, const std::string& request) {
        if (count++ % 2 == 1) return rig.negative(request);
        std::this_thread::sleep_for(500ms);
        return rig.positive(request);
    };
    for_each_rig(late, [](Destination& to) {
        CHECK(to.deliver("A1").value().outcome == Outcome::unknown);
        std::this_thread::sleep_for(400ms);
        CHECK(to.deliver("A2").value().outcome == Outcome::refused);
    });
}

TEST_CASE("8: an answer that nobody asked for is never credited to the next delivery") {
    std::atomic<int> count = 0;
    const Script twice = [&](const OutboundRig& rig, const std::string& request) {
        if (count++ % 2 == 1) return rig.negative(request);
        return Reply{rig.positive(request).bytes + rig.positive(request).bytes};
    };
    for_each_rig(twice, [](Destination& to) {
        CHECK(to.deliver("A1").value().outcome == Outcome::confirmed);
        std::this_thread::sleep_for(50ms);
        CHECK(to.deliver("A1").value().outcome == Outcome::refused);
    });
}

TEST_CASE("3: a stop is safe before any delivery, twice, and under load within its deadline") {
    for_each_rig(
        silence,
        [](Destination& to) {
            to.outbound.stop(50ms);
            to.outbound.stop(50ms);
        },
        false);
    for_each_rig(silence, [](Destination& to) {
        std::vector<std::future<Result<Receipt>>> all;
        for (int i = 0; i < 6; ++i) all.push_back(to.outbound.start(to.rig.delivery("L" + std::to_string(i))));
        REQUIRE(test::eventually([&] { return to.peer->requests().size() == 2; }));
        const auto begun = std::chrono::steady_clock::now();
        to.outbound.stop(50ms);
        CHECK(std::chrono::steady_clock::now() - begun < 2s);
        for (auto& one : all) {
            REQUIRE(one.wait_for(2s) == std::future_status::ready);
            const auto receipt = one.get();
            if (receipt) CHECK(receipt->outcome == Outcome::unknown);
        }
    });
}

TEST_CASE("9: a patient's name reaches no log, no metric, no error and no detail") {
    std::mutex mutex;
    std::string lines;
    log::set_level(log::Level::debug);
    log::set_sink([&](std::string_view line) {
        const std::lock_guard lock(mutex);
        lines.append(line).append("\n");
    });
    const Script garbage = [](const OutboundRig&, const std::string&) {
        return Reply{std::string(kCanary) + "\r\n\r\n", true};
    };
    const Script foreign = [](const OutboundRig& rig, const std::string& request) {
        return Reply{rig.foreign(request).bytes + rig.negative(request).bytes};
    };
    for (const auto& script : {Script(positive), Script(negative), Script(hang_up), garbage, foreign})
        for_each_rig(
            script,
            [](Destination& to) {
                const auto receipt = to.deliver("A1");
                CHECK((receipt ? receipt->detail : to_string(receipt.error())).find(kCanary) == std::string::npos);
                CHECK(to.outbound.metrics.text().find(kCanary) == std::string::npos);
            },
            false);
    log::set_sink({});
    log::set_level(log::Level::warning);
    CHECK(lines.find(kCanary) == std::string::npos);
}

TEST_CASE("10: the standard metrics exist from the start, and count") {
    for_each_rig(
        positive,
        [](Destination& to) {
            const auto before = to.outbound.metrics.text();
            CHECK(before.find("causeway_adapter_messages_total{destination=\"ziel\",result=\"confirmed\"} 0") !=
                  std::string::npos);
            CHECK(to.deliver("A1").has_value());
            const auto text = to.outbound.metrics.text();
            CHECK(text.find("causeway_adapter_messages_total{destination=\"ziel\",result=\"confirmed\"} 1") !=
                  std::string::npos);
            CHECK(text.find("causeway_adapter_bytes_total{destination=\"ziel\"} 0") == std::string::npos);
            CHECK(text.find("causeway_adapter_connections{destination=\"ziel\"} 0") != std::string::npos);
            CHECK(text.find("causeway_delivery_seconds_count{destination=\"ziel\"} 1") != std::string::npos);
        },
        false);
}

}  // namespace causeway::contract
