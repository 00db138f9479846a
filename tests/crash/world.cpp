#include "crash/world.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include "core/time.hpp"
#include "store/message_store.hpp"

namespace causeway::test {
namespace {

constexpr int kDestinations = 2;
constexpr const char* kChannel = "in";
constexpr auto kKept = std::chrono::hours(24);  ///< Bytes, where a test purges.
const SystemClock kClock;

class LaterClock final : public Clock {
public:
    explicit LaterClock(Duration by) : by_(by) {}
    Instant now() const override { return kClock.now() + by_; }

private:
    const Duration by_;
};

std::unique_ptr<MessageStore> open_ledger(const std::filesystem::path& file, const Clock& clock = kClock) {
    LedgerOptions options;
    options.file = file.string();
    options.min_free_bytes = 0;
    auto opened = open_sqlite_ledger(options, clock);
    if (!opened) throw std::runtime_error("the ledger cannot be opened: " + to_string(opened.error()));
    return std::move(*opened);
}

/// The accepted messages that carry this control id.
std::vector<StoredMessage> stored_as(const MessageStore& ledger, Label label) {
    std::vector<StoredMessage> accepted;
    const auto found = ledger.find({"control-id", to_text(label)}, 10);
    for (const auto& summary : found.value()) {
        auto stored = ledger.message(summary.id);
        if (stored && stored->disposition == Disposition::accepted) accepted.push_back(std::move(*stored));
    }
    return accepted;
}

std::map<State, std::int64_t> totals(const MessageStore& ledger) {
    std::map<State, std::int64_t> sum;
    const auto balance = ledger.balance();
    for (const auto& row : balance.value().rows)
        if (row.channel == kChannel)
            for (const auto& [state, count] : row.by_state) sum[state] += count;
    std::erase_if(sum, [](const auto& entry) { return entry.second == 0; });
    return sum;
}

std::string destination(const char* name, const char* type, const std::string& rest) {
    return "destination: " + std::string(name) + "\ntype: " + type +
           "\nconcurrency: 4\nconnections: 4\nunknown: resend\nowner: nobody\n"
           "retry: {first: 20ms, most: 200ms, give_up: 12h}\n" +
           rest;
}

}  // namespace

World::World(Run& run, WorldOptions options)
    : run_(run),
      state_(options.state.empty() ? folder_ / "var" : options.state),
      mllp_(Receiver::Speaks::mllp, options.mllp_manner),
      http_(Receiver::Speaks::http, options.http_manner),
      port_(free_port()),
      ops_(free_port()),
      poison_(free_port()),
      engine_(run.program(), folder_.path(), configuration(options)) {
    if (!run.options().mutant.empty()) engine_.set_environment("CAUSEWAY_MUTANT", run.options().mutant);
    for (int lane = 0; lane < options.senders; ++lane) senders_.push_back(std::make_unique<Sender>(lane));
}

std::map<std::string, std::string> World::configuration(const WorldOptions& options) const {
    const auto url = "url: http://127.0.0.1:" + std::to_string(http_.port()) + "/fhir\n";
    std::map<std::string, std::string> files{
        {"causeway.yaml",
         "state: " + state_.string() + "\nops: 127.0.0.1:" + std::to_string(ops_) +
             "\nmappings: " CAUSEWAY_SOURCE_DIR "/mappings\n" +
             (options.engine.find("min_free_disk") == std::string::npos ? "min_free_disk: 1MB\n" : "") +
             options.engine},
        {"channels/in.yaml",
         "channel: in\ntype: mllp_listener\nport: " + std::to_string(port_) + "\nowner: nobody\n" + options.channel},
        {"destinations/mllp.yaml", destination("mllp", "mllp_sender",
                                               "host: 127.0.0.1\nport: " + std::to_string(mllp_.port()) +
                                                   "\nretry_internal_error: true\n" + options.mllp)},
        {"destinations/http.yaml", destination("http", "fhir_sender", url + options.http)},
        {"routes/all.yaml", std::string("route: all\nfrom: [in]\nwhen: \"true\"\nto:\n  - destination: http\n") +
                                (options.only_http ? "" : "  - destination: mllp\n")},
    };
    if (!options.poison) return files;
    files["channels/poison.yaml"] =
        "channel: poison\ntype: mllp_listener\nport: " + std::to_string(poison_) + "\nowner: nobody\n";
    files["destinations/mapped.yaml"] = destination("mapped", "fhir_sender", url + "on_held: park\n");
    files["routes/poison.yaml"] =
        "route: poison\nfrom: [poison]\nwhen: \"MSH-9.1 = 'ADT'\"\nlearn: patient.adt\nto:\n  - destination: mapped\n"
        "    map: patient.adt\n";
    return files;
}

bool World::start(int seconds) {
    mllp_.doubt(false);
    http_.doubt(false);
    engine_.start();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (engine_.running() && std::chrono::steady_clock::now() < until) {
        const int fd = connect_to(port_);
        if (fd >= 0) return ::close(fd) == 0;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    if (engine_.running()) throw std::runtime_error("the engine does not listen in time:\n" + log_tail());
    return false;
}

void World::send(std::uint64_t most) {
    for (const auto& sender : senders_)
        threads_.emplace_back([this, &sender, most] { sender->work(port_, stop_, most); });
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void World::send_on() {
    for (const auto& sender : senders_) threads_.emplace_back([this, &sender] { sender->work(port_, stop_); });
}

void World::quiet() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    stop_ = false;
    for (const auto& sender : senders_) sender->trust();
}

void World::doubt() {
    for (const auto& sender : senders_) sender->doubt();
    mllp_.doubt(true);
    http_.doubt(true);
}

std::uint64_t World::acknowledged() const {
    std::uint64_t sum = 0;
    for (const auto& sender : senders_) sum += sender->acknowledged();
    return sum;
}

std::uint64_t World::sent() const {
    std::uint64_t sum = 0;
    for (const auto& sender : senders_) sum += sender->sent();
    return sum;
}

std::uint64_t World::refused() const {
    std::uint64_t sum = 0;
    for (const auto& sender : senders_) sum += sender->refused();
    return sum;
}

std::optional<std::int64_t> World::owes() const {
    const int fd = connect_to(ops_);
    if (fd < 0) return std::nullopt;
    const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    std::string page, buffer(65536, '\0');
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0)
        for (ssize_t n = 0; (n = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
            page.append(buffer.data(), static_cast<std::size_t>(n));
    ::close(fd);
    std::int64_t owed = 0;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("causeway_obligations{")) continue;
        if (line.find("\"queued\"") != std::string::npos || line.find("\"in-flight\"") != std::string::npos)
            owed += std::stoll(line.substr(line.rfind(' ')));
    }
    return page.empty() ? std::nullopt : std::optional(owed);
}

void World::settle(int seconds) {
    if (!engine_.running() && !start()) return run_.wrong("the engine does not start again:\n" + log_tail());
    for (const auto& sender : senders_)
        if (sender->sent() > sender->acknowledged())
            sender->work(port_, stop_, sender->sent() - sender->acknowledged());
    run_.expect(acknowledged() == sent(), "a sender gets no acknowledgement for what it repeats:\n" + log_tail());
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (owes() != 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (owes() != 0) run_.wrong("something is still owed:\n" + queue());
    run_.expect(engine_.stop() == 0, "the engine does not stop well:\n" + log_tail());
    compare_stored();
    compare_delivered();
}

void World::compare_stored() {
    const auto ledger = open_ledger(ledger_file());
    std::int64_t accepted = 0;
    for (const auto& sender : senders_) {
        for (std::uint64_t n = 0; n < sender->sent(); ++n) {
            const Label label{sender->lane(), n};
            const auto lane = static_cast<std::size_t>(sender->lane());
            const auto stored = stored_as(*ledger, label);
            accepted += static_cast<std::int64_t>(stored.size());
            const bool acknowledged = n < sender->acknowledged();
            run_.expect(!acknowledged || !stored.empty(), to_text(label) + " was acknowledged and is not stored");
            run_.expect(stored.size() <= 1, to_text(label) + " is stored twice");
            const bool may_be_gone = lane < purgeable_.size() && n < purgeable_[lane];
            for (const auto& one : stored) {
                const auto bytes = one.message.body.reveal();
                if (may_be_gone && bytes.empty()) run_.count("purged");
                run_.expect(bytes == sender->message(n) || (may_be_gone && bytes.empty()),
                            to_text(label) + " is not as it was sent");
            }
        }
    }
    run_.count("stored", static_cast<std::uint64_t>(accepted));
    const auto chain = ledger->verify_events();
    run_.expect(chain.has_value(), chain ? "" : "the chain of events is broken: " + to_string(chain.error()));
    const auto intake = ledger->balance().value().intake;
    const auto tally = intake.contains(kChannel) && intake.at(kChannel).contains(Disposition::accepted)
                           ? intake.at(kChannel).at(Disposition::accepted)
                           : 0;
    run_.expect(tally == accepted, "the balance says that " + std::to_string(tally) + " were accepted, the look-ups " +
                                       std::to_string(accepted));
}

void World::may_purge() {
    purgeable_.clear();
    for (const auto& sender : senders_) purgeable_.push_back(sender->sent());
}

void World::purge(Duration later) {
    const LaterClock clock(later);
    const auto ledger = open_ledger(ledger_file(), clock);
    const auto report = ledger->purge({{kChannel, kKept, {}}});
    if (!report) return run_.wrong("the ledger cannot be purged: " + to_string(report.error()));
    for (const auto& sender : senders_)
        for (std::uint64_t n = 0; n < sender->acknowledged(); ++n)
            for (const auto& one : stored_as(*ledger, {sender->lane(), n}))
                run_.expect(
                    one.message.body.reveal().empty() == (n < purgeable_[static_cast<std::size_t>(sender->lane())]),
                    to_text({sender->lane(), n}) + " is purged, or not, though it should be otherwise");
    const auto chain = ledger->verify_events();
    run_.expect(chain.has_value(), chain ? "" : "the chain of events is broken: " + to_string(chain.error()));
}

void World::compare_delivered() {
    const auto ledger = open_ledger(ledger_file());
    const auto sum = totals(*ledger);
    const auto delivered = sum.contains(State::delivered) ? sum.at(State::delivered) : 0;
    const auto expected = static_cast<std::int64_t>(acknowledged()) * (1 + kDestinations);
    run_.expect(delivered == expected && sum.size() <= 1,
                std::to_string(delivered) + " obligations are delivered of " + std::to_string(expected) + " owed");
    const auto at_mllp = mllp_.arrivals(), at_http = http_.arrivals();
    for (const auto& sender : senders_) {
        const auto of = [&](const auto& all) {
            return all.contains(sender->lane()) ? all.at(sender->lane()) : std::vector<Arrival>();
        };
        compare_lane(*sender, of(at_mllp), "over MLLP");
        compare_lane(*sender, of(at_http), "over HTTP");
    }
    run_.count("sent", sent());
    run_.count("acknowledged", acknowledged());
    run_.count("delivered", static_cast<std::uint64_t>(delivered) - acknowledged());
}

/// Each one came, as it was sent, in order, and again only under the same id.
void World::compare_lane(const Sender& sender, const std::vector<Arrival>& arrivals, const char* where) {
    std::map<std::uint64_t, std::set<std::string>> ids;
    std::uint64_t last = 0;
    for (const auto& arrival : arrivals) {
        const auto label = to_text({sender.lane(), arrival.number}) + " " + where;
        run_.expect(arrival.number >= last, label + " came after a later one of its patient");
        run_.expect(arrival.hash == std::hash<std::string_view>{}(sender.message(arrival.number)),
                    label + " is not as it was sent");
        if (!arrival.in_doubt) last = std::max(last, arrival.number);
        auto& known = ids[arrival.number];
        if (known.contains(arrival.id)) run_.count("repeated");
        known.insert(arrival.id);
        run_.expect(known.size() == 1, label + " came under two ids");
    }
    for (std::uint64_t n = 0; n < sender.acknowledged(); ++n)
        run_.expect(ids.contains(n), to_text({sender.lane(), n}) + " was acknowledged and did not arrive " + where);
}

std::string World::queue() const {
    const auto file = folder_ / "queue";
    const auto command =
        run_.program().string() + " queue --config " + engine_.conf().string() + " > " + file.string() + " 2>&1";
    if (std::system(command.c_str()) != 0) return "(the engine does not say what)";
    return folder_.read("queue").substr(0, 2000);
}

std::string World::log_tail() const {
    std::ifstream in(engine_.log());
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    return all.size() > 2000 ? all.substr(all.size() - 2000) : all;
}

}  // namespace causeway::test
