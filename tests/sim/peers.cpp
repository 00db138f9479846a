#include "sim/peers.hpp"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>

namespace causeway::sim {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

/// "PAT2-17" as patient and number.
Effect read(const Delivery& delivery) {
    const auto bytes = delivery.payload.reveal();
    const auto at = bytes.find("|PAT");
    const auto id = bytes.substr(at + 1, bytes.find('|', at + 1) - at - 1);
    const auto dash = id.find('-');
    Effect effect{delivery.obligation, delivery.message, std::string(id.substr(0, dash)), 0};
    std::from_chars(id.data() + dash + 1, id.data() + id.size(), effect.number);
    return effect;
}

Receipt receipt(Receipt::Outcome outcome, bool transient = false) {
    Receipt made;
    made.outcome = outcome;
    made.transient = transient;
    made.detail = "as the simulation says";
    if (outcome == Receipt::Outcome::confirmed)
        made.answer = Payload("MSH|^~\\&|SINK||CAUSEWAY|||ACK|1|P|2.5.1\rMSA|AA|1\r");
    return made;
}

class SimIn final : public InboundAdapter {
public:
    explicit SimIn(Intake& intake) : intake_(intake) {}
    Result<void> start() override {
        Peers::instance().intake = &intake_;
        return {};
    }
    std::string address() const override { return "simulation"; }
    asio::awaitable<void> retire() override {
        Peers::instance().intake = nullptr;
        co_return;
    }
    asio::awaitable<void> stop(Duration) override { co_await retire(); }

private:
    Intake& intake_;
};

class SimOut final : public OutboundAdapter {
public:
    explicit SimOut(std::string destination) : destination_(std::move(destination)) {}

    Async<Receipt> deliver(Delivery delivery) override {
        auto& peers = Peers::instance();
        const auto chance = peers.healed() ? 0 : peers.random()() % 100;
        co_await pause(std::chrono::milliseconds(peers.random()() % 8));
        if (chance >= 95) co_return fail(Issue::transient, "sim", "The peer does not listen.", Retry::later);
        if (chance >= 90) co_return receipt(Receipt::Outcome::refused, true);
        if (chance >= 87) co_return receipt(Receipt::Outcome::refused);
        if (chance >= 83) co_return receipt(Receipt::Outcome::unknown);
        peers.effects[destination_].push_back(read(delivery));
        co_await pause(std::chrono::milliseconds(chance >= 75 ? 200 : peers.random()() % 4));
        co_return receipt(chance >= 70 ? Receipt::Outcome::unknown : Receipt::Outcome::confirmed);
    }
    asio::awaitable<void> stop(Duration) override { co_return; }

private:
    const std::string destination_;
};

Result<std::unique_ptr<InboundAdapter>> make_in(const config::Settings&, InboundContext context) {
    return std::unique_ptr<InboundAdapter>(std::make_unique<SimIn>(context.intake));
}

Result<std::unique_ptr<OutboundAdapter>> make_out(const config::Settings&, OutboundContext context) {
    return std::unique_ptr<OutboundAdapter>(std::make_unique<SimOut>(context.destination));
}

}  // namespace

Peers& Peers::instance() {
    static Peers peers;
    return peers;
}

void Peers::begin(std::uint64_t seed) {
    random_.seed(seed);
    effects.clear();
    intake = nullptr;
    healed_ = false;
}

std::span<const AdapterSpec* const> sim_adapters() {
    static constexpr config::FieldSpec fields[] = {{.name = "note", .doc = "Changes nothing.", .fallback = ""}};
    static const AdapterSpec in{"sim_in", "Hands its intake over.", "Trusts it.", fields, {}, make_in, nullptr,
                                nullptr};
    static const AdapterSpec out{"sim_out", "Behaves by chance.", "Trusts it.", fields, {}, nullptr, make_out, nullptr};
    static constexpr std::array<const AdapterSpec*, 2> all = {&in, &out};
    return all;
}

std::string control_id(const std::string& patient, std::uint64_t number) {
    return patient + "-" + std::to_string(number);
}

std::string message_of(const std::string& patient, std::uint64_t number, int variant) {
    return "MSH|^~\\&|PAS|R9Z|CAUSEWAY|CAUSEWAY|20261121080000+0000||ADT^A08^ADT_A01|" + control_id(patient, number) +
           "|P|2.5.1\rEVN|A08|20261121080000+0000\rPID|1||" + patient +
           "^^^R9Z^MR||TESTPATIENT^SAMPLE||19580430|M\rPV1|1|N\rNTE|1||" +
           std::string(20 + number * 61 % 400, static_cast<char>('a' + variant)) + "\r";
}

}  // namespace causeway::sim
