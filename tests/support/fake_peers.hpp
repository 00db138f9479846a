#pragma once
/// Adapters without sockets: "fake_in" hands its Intake to the test, "fake_out" is a receiver that follows a script.

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapter.hpp"

namespace causeway::test {

/// What a receiver does with one delivery.
enum class Does { confirm, answer_rri, refuse, refuse_for_now, lose, fail_for_now, fail, hang };

/// One delivery as a receiver saw it.
struct Seen {
    std::string destination, obligation, message, payload, address, media_type;
    bool repeated = false;
};

/// Every peer of one engine. Threads: any.
class FakePeers {
public:
    /// What the destination does with its next deliveries; afterwards it confirms.
    void script(const std::string& destination, std::deque<Does> acts) {
        const std::lock_guard lock(mutex_);
        scripts_[destination] = std::move(acts);
    }
    /// What it does whenever its script is at its end.
    void always(const std::string& destination, Does act) {
        const std::lock_guard lock(mutex_);
        otherwise_[destination] = act;
    }
    /// Lets every delivery that hangs end confirmed.
    void let_go() {
        const std::lock_guard lock(mutex_);
        hanging_ = false;
    }
    void hang_again() {
        const std::lock_guard lock(mutex_);
        hanging_ = true;
    }

    std::vector<Seen> seen(const std::string& destination) const {
        const std::lock_guard lock(mutex_);
        std::vector<Seen> found;
        for (const auto& one : seen_)
            if (one.destination == destination) found.push_back(one);
        return found;
    }
    std::size_t most_at_once(const std::string& destination) const {
        const std::lock_guard lock(mutex_);
        const auto found = most_.find(destination);
        return found == most_.end() ? 0 : found->second;
    }

    Does begin(Seen delivery) {
        const std::lock_guard lock(mutex_);
        const auto destination = delivery.destination;
        seen_.push_back(std::move(delivery));
        most_[destination] = std::max(most_[destination], ++now_[destination]);
        auto& script = scripts_[destination];
        if (script.empty()) {
            const auto found = otherwise_.find(destination);
            return found == otherwise_.end() ? Does::confirm : found->second;
        }
        const auto act = script.front();
        script.pop_front();
        return act;
    }
    void end(const std::string& destination) {
        const std::lock_guard lock(mutex_);
        --now_[destination];
    }
    bool hanging() const {
        const std::lock_guard lock(mutex_);
        return hanging_;
    }

    void listen(const std::string& channel, Intake* intake) {
        const std::lock_guard lock(mutex_);
        intakes_[channel] = intake;
    }
    Intake* intake(const std::string& channel) const {
        const std::lock_guard lock(mutex_);
        const auto found = intakes_.find(channel);
        return found == intakes_.end() ? nullptr : found->second;
    }

    /// Adapters are made by plain functions, so the peers of the running test stand here.
    static FakePeers*& current() {
        static FakePeers* peers = nullptr;
        return peers;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::deque<Does>> scripts_;
    std::map<std::string, Does> otherwise_;
    std::map<std::string, std::size_t> now_, most_;
    std::map<std::string, Intake*> intakes_;
    std::vector<Seen> seen_;
    bool hanging_ = true;
};

class FakeIn final : public InboundAdapter {
public:
    explicit FakeIn(const InboundContext& context) : channel_(context.channel), intake_(context.intake) {}

    Result<void> start() override {
        FakePeers::current()->listen(channel_, &intake_);
        return {};
    }
    std::string address() const override { return "fake:" + channel_; }
    boost::asio::awaitable<void> retire() override {
        if (!std::exchange(retired_, true)) FakePeers::current()->listen(channel_, nullptr);
        co_return;
    }
    boost::asio::awaitable<void> stop(Duration) override { return retire(); }

private:
    std::string channel_;
    Intake& intake_;
    bool retired_ = false;
};

class FakeOut final : public OutboundAdapter {
public:
    explicit FakeOut(std::string destination) : destination_(std::move(destination)) {}

    Async<Receipt> deliver(Delivery delivery) override {
        auto& peers = *FakePeers::current();
        Seen seen{destination_,     delivery.obligation, delivery.message, std::string(delivery.payload.reveal()),
                  delivery.address, delivery.media_type, delivery.repeated};
        const auto act = peers.begin(std::move(seen));
        if (act == Does::hang) co_await wait();
        peers.end(destination_);
        co_return outcome(act, delivery.obligation);
    }
    boost::asio::awaitable<void> stop(Duration) override { co_return; }

private:
    static boost::asio::awaitable<void> wait() {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
        while (FakePeers::current()->hanging()) {
            timer.expires_after(std::chrono::milliseconds(2));
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
    }

    static Receipt receipt(Receipt::Outcome outcome, std::string detail) {
        Receipt made;
        made.outcome = outcome;
        made.detail = std::move(detail);
        return made;
    }

    static Result<Receipt> outcome(Does act, const std::string& obligation) {
        switch (act) {
            case Does::refuse: {
                auto made = receipt(Receipt::Outcome::refused, "AE 102 at PID-3");
                made.answer = Payload("MSH|^~\\&|PAS|RX999|CAUSEWAY||20261121||ACK|A1|P|2.5.1\rMSA|AE|" + obligation +
                                      "|Unknown patient\r");
                return made;
            }
            case Does::refuse_for_now: {
                auto made = receipt(Receipt::Outcome::refused, "AR 207");
                made.transient = true;
                return made;
            }
            case Does::lose:
                return receipt(Receipt::Outcome::unknown, "no answer within 30s");
            case Does::fail_for_now:
                return fail(Issue::transient, "fake", "The peer does not listen; it is tried again.", Retry::later);
            case Does::fail:
                return fail(Issue::invalid, "fake", "Correct the address.", Retry::never);
            case Does::answer_rri: {
                auto made = receipt(Receipt::Outcome::confirmed, "AA");
                made.answer =
                    Payload("MSH|^~\\&|PAS|RX999|CAUSEWAY||20261121||RRI^I12|R1|P|2.5.1\rMSA|AA|" + obligation + "\r");
                return made;
            }
            case Does::confirm:
            case Does::hang:
                break;
        }
        auto made = receipt(Receipt::Outcome::confirmed, "AA");
        made.answer = Payload("MSH|^~\\&|PAS|RX999|CAUSEWAY||20261121||ACK|A1|P|2.5.1\rMSA|AA|" + obligation + "\r");
        return made;
    }

    std::string destination_;
};

inline Result<std::unique_ptr<InboundAdapter>> make_fake_in(const config::Settings&, InboundContext context) {
    return std::unique_ptr<InboundAdapter>(std::make_unique<FakeIn>(context));
}

inline Result<std::unique_ptr<OutboundAdapter>> make_fake_out(const config::Settings&, OutboundContext context) {
    return std::unique_ptr<OutboundAdapter>(std::make_unique<FakeOut>(context.destination));
}

/// "fake_in" and "fake_out".
inline std::span<const AdapterSpec* const> fake_adapters() {
    static constexpr config::FieldSpec fields[] = {{.name = "note", .doc = "Changes nothing.", .fallback = ""}};
    static constexpr config::FieldSpec out_fields[] = {
        {.name = "note", .doc = "Changes nothing.", .fallback = ""},
        {.name = "url", .doc = "\"directory\": it has an address an organisation.", .fallback = ""}};
    static const AdapterSpec in{
        "fake_in", "Hands its intake to the test.", "Trusts the test.", fields, {}, make_fake_in, nullptr, nullptr};
    static const AdapterSpec out{
        .name = "fake_out",
        .summary = "Follows the script of the test.",
        .security = "Trusts the test.",
        .fields = out_fields,
        .examples = {},
        .make_outbound = make_fake_out,
        .by_organisation = [](const config::Settings& settings) { return settings.text("url") == "directory"; },
        .unsendable = [](const Delivery& delivery) -> std::optional<Error> {
            if (delivery.payload.reveal().find("UNSENDABLE") == std::string_view::npos) return std::nullopt;
            return fail(Issue::invalid, "", "The receiver takes no such thing.");
        }};
    static constexpr std::array<const AdapterSpec*, 2> all = {&in, &out};
    return all;
}

}  // namespace causeway::test
