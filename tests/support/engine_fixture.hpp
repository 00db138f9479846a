#pragma once
/// A whole engine in a temporary folder, with peers that follow a script and a vocabulary to speak about it.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/engine.hpp"
#include "support/fake_peers.hpp"
#include "support/temp_dir.hpp"

namespace causeway::test {

using namespace std::chrono_literals;

/// The machine's clock, put forward by the test.
class TestClock final : public Clock {
public:
    Instant now() const override {
        return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) + Duration(ahead_.load());
    }
    void advance(Duration by) { ahead_ += by.count(); }

private:
    std::atomic<std::int64_t> ahead_{0};
};

/// Two threads that work for one engine.
class Threads {
public:
    Threads() {
        for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { context_.run(); });
    }
    ~Threads() { halt(); }

    boost::asio::io_context& context() { return context_; }

    /// Everything stops where it is.
    void halt() {
        context_.stop();
        for (auto& thread : threads_)
            if (thread.joinable()) thread.join();
    }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        auto future = boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future);
        if (future.wait_for(60s) != std::future_status::ready) throw std::runtime_error("no end within a minute");
        return future.get();
    }

private:
    boost::asio::io_context context_{2};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = make_work_guard(context_);
    std::vector<std::thread> threads_;
};

/// Until it is true, or ten seconds have passed.
inline bool soon(const std::function<bool()>& is_true) {
    for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
        if (is_true()) return true;
        std::this_thread::sleep_for(2ms);
    }
    return is_true();
}

/// A synthetic HL7 v2 message: MSH with this type and control id, then the other segments.
inline std::string v2(const std::string& type, const std::string& control_id, const std::string& segments,
                      const std::string& processing_id = "P") {
    return "MSH|^~\\&|PAS|RX999|CAUSEWAY|RX999|20261121093000||" + type + "|" + control_id + "|" + processing_id +
           "|2.5.1\r" + segments;
}

inline std::string adt(const std::string& control_id, const std::string& nhs_number, const std::string& event = "A28") {
    return v2("ADT^" + event, control_id,
              "EVN|" + event + "|20261121093000\rPID|1||" + nhs_number + "^^^NHS^NH||TESTPATIENT^EDITH||19660909|F\r");
}

/// A referral, with only what the checks ask for.
struct Referral {
    std::string id = "b1";
    std::string ubrn = "000049070005";
    std::string nhs_number = "9990000018";
    std::string priority = "routine";
    std::string reason = R"([{"text":"Migraine"}])";
    std::string extra = {};  ///< Further members of the ServiceRequest, each with a comma behind it.
    std::string type = "message";
};

inline std::string json(const Referral& r) {
    const auto entry = [](const std::string& url, const std::string& resource, bool transaction) {
        const auto request = R"(,"request":{"method":"POST","url":"X"})";
        return R"({"fullUrl":"urn:uuid:5d4f1c20-050)" + url + R"(-4c63-9f2a-0a1b2c3d4e5f","resource":)" + resource +
               (transaction ? request : "") + "}";
    };
    const auto urn = [](const char* n) {
        return R"({"reference":"urn:uuid:5d4f1c20-050)" + std::string(n) + R"(-4c63-9f2a-0a1b2c3d4e5f"})";
    };
    const bool transaction = r.type == "transaction";
    std::string out =
        R"({"resourceType":"Bundle","identifier":{"system":"https://gp.example.nhs.uk/Id/bundle","value":")" + r.id +
        R"("},"type":")" + r.type + R"(","entry":[)";
    if (!transaction)
        out +=
            entry("1",
                  R"({"resourceType":"MessageHeader","id":"h","eventCoding":{"system":)"
                  R"("https://fhir.nhs.uk/CodeSystem/message-events-bars","code":"servicerequest-request"},"source":)"
                  R"({"endpoint":"https://gp.example.nhs.uk"},"sender":)" +
                      urn("5") + R"(,"focus":[)" + urn("2") + "]}",
                  false) +
            ",";
    const auto identifier =
        r.ubrn.empty() ? "" : R"("identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN","value":")" + r.ubrn + R"("}],)";
    const auto reason = r.reason.empty() ? "" : R"("reasonCode":)" + r.reason + ",";
    out += entry("2",
                 R"({"resourceType":"ServiceRequest","id":"sr-)" + r.id + R"(",)" + identifier +
                     R"("status":"active","intent":"order","priority":")" + r.priority + R"(",)" + reason + r.extra +
                     R"("subject":)" + urn("3") + R"(,"authoredOn":"2026-11-20T16:40:00+00:00","requester":)" +
                     urn("4") + "}",
                 transaction) +
           ",";
    out +=
        entry("3",
              R"({"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number",)"
              R"("value":")" +
                  r.nhs_number + R"("}],"name":[{"family":"TESTPATIENT","given":["Edith"]}],"birthDate":"1966-09-09"})",
              transaction) +
        ",";
    out +=
        entry("4",
              R"({"resourceType":"PractitionerRole","id":"r","practitioner":{"display":"Dr Okafor"},"organization":)" +
                  urn("5") + "}",
              transaction) +
        ",";
    out += entry("5",
                 R"({"resourceType":"Organization","id":"o","identifier":[{"system":)"
                 R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"Y90001"}],"name":"Northgate Surgery"})",
                 transaction);
    return out + "]}";
}

/// An engine with its files. The world that a test finds:
///   channel adt (A28, A31, A40, SIU, RRI, MDM) -> pas and theatre; channel letters -> gp-practices by the directory;
///   channel referrals -> pathway test-pathway -> pas, with an answer awaited.
class TestEngine {
public:
    TestEngine() {
        FakePeers::current() = &peers;
        dir.write("mappings/README", "maps of the test");
        file("causeway.yaml", "state: ../var\nmappings: ../mappings\nops: off\nstop_within: 1s\nmin_free_disk: 1MB\n");
        channel("adt", "nhs_number: warn\nowner: adt-team\n");
        destination("pas");
        destination("theatre");
    }
    ~TestEngine() {
        peers.let_go();
        if (engine_) stop();
        FakePeers::current() = nullptr;
    }

    // ---- configuration
    void file(const std::string& name, const std::string& text) { dir.write("conf/" + name, text); }
    void channel(const std::string& name, const std::string& more = {}) {
        file("channels/" + name + ".yaml", "channel: " + name + "\ntype: fake_in\n" + more);
    }
    /// Tries again after 20 ms, at most every 80 ms.
    void destination(const std::string& name, const std::string& more = {}, const std::string& give_up = "20s") {
        file("destinations/" + name + ".yaml", "destination: " + name + "\ntype: fake_out\nowner: " + name +
                                                   "-team\nretry: {first: 20ms, most: 80ms, give_up: " + give_up +
                                                   "}\n" + more);
    }
    void route(const std::string& name, const std::string& rest) {
        file("routes/" + name + ".yaml", "route: " + name + "\n" + rest);
    }
    void adt_to(const std::string& destinations) {
        route("adt-route", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: " + destinations + "\n");
    }
    void map(const std::string& name, const std::string& rows) { dir.write("mappings/" + name + ".map", rows); }

    pipeline::ConfigurationPtr load() {
        std::vector<config::Mistake> mistakes;
        auto made = pipeline::load_configuration(dir / "conf", fake_adapters(), mistakes);
        std::string all;
        for (const auto& mistake : mistakes) all += config::to_string(mistake) + '\n';
        if (!made) throw std::runtime_error("the configuration of the test is wrong:\n" + all);
        return made;
    }

    // ---- life
    void start() {
        peers.hang_again();
        threads_ = std::make_unique<Threads>();
        auto made = pipeline::make_engine(threads_->context().get_executor(), load(),
                                          {dir / "conf", fake_adapters(), {}}, clock);
        if (!made) throw std::runtime_error(to_string(made.error()));
        engine_ = std::move(*made);
        if (auto started = run(engine_->start()); !started) throw std::runtime_error(to_string(started.error()));
    }
    void stop() {
        run(engine_->stop());
        halt();
    }
    /// As if the process had ended here: nothing is told, what is in flight stays in flight.
    void crash() { halt(); }
    pipeline::Engine& operator*() { return *engine_; }
    pipeline::Engine* operator->() { return engine_.get(); }
    MessageStore& store() { return engine_->store(); }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        return threads_->run(std::move(work));
    }

    // ---- what senders do
    Verdict send(const std::string& channel_name, const std::string& body, const std::string& sender = {}) {
        return submit(channel_name, {Payload(body), std::string(kHl7v2), sender, "", ""});
    }
    Verdict post(const std::string& channel_name, const std::string& body, const std::string& sender = {},
                 const std::string& operation = "$process-message") {
        return submit(channel_name, {Payload(body), std::string(kFhirJson), sender, "", operation});
    }
    Verdict submit(const std::string& channel_name, Submission submission) {
        auto* intake = peers.intake(channel_name);
        if (!intake) throw std::runtime_error("channel " + channel_name + " does not listen");
        auto verdict = run(intake->accept(std::move(submission)));
        if (!verdict) throw std::runtime_error(to_string(verdict.error()));
        return *verdict;
    }

    // ---- what operators do
    Result<std::vector<Obligation>> act(OperatorAct::Kind kind, Id target) {
        OperatorAct made{kind, target, "operator", "because the test says so", ""};
        return run(engine_->act(std::move(made)));
    }
    std::vector<config::Mistake> reload() { return run(engine_->reload()); }

    // ---- what can be seen
    std::vector<Obligation> owed(Id message) { return store().obligations_of(message).value(); }
    /// The only obligation of this kind: `owed_to(id, "pas")`; the processing has no destination.
    std::optional<Obligation> owed_to(Id message, const std::string& destination_name, Duty duty = Duty::deliver) {
        for (const auto& one : owed(message))
            if (one.destination == destination_name && one.duty == (destination_name.empty() ? Duty::process : duty))
                return one;
        return std::nullopt;
    }
    std::optional<State> state(Id message, const std::string& destination_name, Duty duty = Duty::deliver) {
        const auto one = owed_to(message, destination_name, duty);
        return one ? std::optional(one->state) : std::nullopt;
    }
    bool becomes(Id message, const std::string& destination_name, State wanted, Duty duty = Duty::deliver) {
        return soon([&] { return state(message, destination_name, duty) == wanted; });
    }
    /// Nothing is queued or in flight any more, for any message.
    bool settles() {
        return soon([&] {
            for (const auto& [what, count] : totals())
                if ((what == State::queued || what == State::in_flight) && count > 0) return false;
            return true;
        });
    }
    std::vector<std::string> kinds(Id message) {
        std::vector<std::string> found;
        for (const auto& event : store().events_of(message).value()) found.push_back(event.kind);
        return found;
    }
    std::size_t count(Id message, const std::string& kind) {
        const auto all = kinds(message);
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), kind));
    }

    // ---- the balance
    std::map<State, std::int64_t> totals() {
        std::map<State, std::int64_t> sum;
        for (const auto& row : store().balance().value().rows)
            for (const auto& [what, count] : row.by_state) sum[what] += count;
        return sum;
    }
    /// obligations = delivered + filtered + held + queued, counted one by one and by the ledger's tally.
    bool balances(const std::vector<Id>& messages) {
        std::map<State, std::int64_t> counted;
        for (const auto message : messages)
            for (const auto& one : owed(message)) ++counted[one.state];
        auto told = totals();
        std::erase_if(told, [](const auto& entry) { return entry.second == 0; });
        return counted == told && store().verify_events().has_value();
    }

    TempDir dir;
    TestClock clock;
    FakePeers peers;

private:
    void halt() {
        threads_->halt();
        engine_.reset();
        threads_.reset();
    }

    std::unique_ptr<Threads> threads_;
    std::unique_ptr<pipeline::Engine> engine_;
};

}  // namespace causeway::test
