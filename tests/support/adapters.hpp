#pragma once
/// Adapters as a test meets them: made from YAML, running on threads of their own, in front of a fake intake.

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "adapter.hpp"
#include "config/settings.hpp"
#include "net/body_budget.hpp"
#include "support/background.hpp"
#include "support/fake_intake.hpp"

namespace causeway::test {

inline const AdapterSpec& adapter_named(std::string_view name) {
    for (const auto* spec : all_adapters())
        if (spec->name == name) return *spec;
    throw std::runtime_error("no adapter " + std::string(name));
}

struct Linted {
    config::Settings settings;
    std::vector<config::Mistake> mistakes;
};

inline Linted lint(const AdapterSpec& spec, std::string_view yaml, const std::filesystem::path& base = ".") {
    Linted linted;
    const auto parsed = config::parse_yaml(yaml, "test.yaml", base, linted.mistakes);
    if (linted.mistakes.empty()) linted.settings = config::lint(parsed, spec.fields, linted.mistakes);
    return linted;
}

inline config::Settings settings(const AdapterSpec& spec, std::string_view yaml,
                                 const std::filesystem::path& base = ".") {
    auto linted = lint(spec, yaml, base);
    if (!linted.mistakes.empty()) throw std::runtime_error(to_string(linted.mistakes.front()));
    return linted.settings;
}

/// What the engine gives a channel besides.
struct Resources {
    std::size_t memory = 0;       ///< For large messages; 0: any.
    std::filesystem::path state;  ///< Empty: nothing is kept.
};

/// A channel. It is stopped when the test ends.
class Inbound {
public:
    Inbound(std::string_view adapter, std::string_view yaml, const std::filesystem::path& base = ".",
            FhirService* fhir = nullptr, Resources resources = {}) {
        const auto& spec = adapter_named(adapter);
        InboundContext context{"canal", background.executor(), intake, fhir, metrics, clock};
        if (resources.memory > 0) context.bodies = std::make_shared<net::BodyBudget>(resources.memory, metrics, "in");
        context.state = std::move(resources.state);
        auto made = spec.make_inbound(settings(spec, yaml, base), context);
        if (!made) throw std::runtime_error(to_string(made.error()));
        adapter_ = std::move(*made);
    }
    ~Inbound() {
        intake.release();
        stop();
        adapter_.reset();
    }

    Inbound& start() {
        if (auto started = adapter_->start(); !started) throw std::runtime_error(to_string(started.error()));
        return *this;
    }
    void stop(Duration deadline = std::chrono::milliseconds(500)) { background.run(adapter_->stop(deadline)); }
    std::string address() const { return adapter_->address(); }
    /// The port in "127.0.0.1:2575" and "http://127.0.0.1:8080/fhir".
    std::uint16_t port() const {
        const auto text = address();
        const auto colon = text.rfind(':');
        return static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
    }
    InboundAdapter& adapter() { return *adapter_; }

    FakeIntake intake;
    metrics::Registry metrics;
    SystemClock clock;
    Background background;

private:
    std::unique_ptr<InboundAdapter> adapter_;
};

/// A destination's sender.
class Outbound {
public:
    Outbound(std::string_view adapter, std::string_view yaml, const std::filesystem::path& base = ".") {
        const auto& spec = adapter_named(adapter);
        OutboundContext context{"ziel", background.executor(), metrics, clock};
        auto made = spec.make_outbound(settings(spec, yaml, base), context);
        if (!made) throw std::runtime_error(to_string(made.error()));
        adapter_ = std::move(*made);
    }
    ~Outbound() {
        stop();
        adapter_.reset();
    }

    std::future<Result<Receipt>> start(Delivery delivery) {
        return background.start(adapter_->deliver(std::move(delivery)));
    }
    Result<Receipt> deliver(Delivery delivery) { return background.run(adapter_->deliver(std::move(delivery))); }
    void stop(Duration deadline = std::chrono::milliseconds(500)) { background.run(adapter_->stop(deadline)); }
    OutboundAdapter& adapter() { return *adapter_; }

    metrics::Registry metrics;
    SystemClock clock;
    Background background;

private:
    std::unique_ptr<OutboundAdapter> adapter_;
};

}  // namespace causeway::test
