#include "sim/simulation.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "sim/memory_disk.hpp"
#include "sim/peers.hpp"
#include "sim/virtual_time.hpp"

namespace causeway::sim {

namespace asio = boost::asio;

namespace {

constexpr int kPatients = 3;
constexpr std::uint64_t kSteps = 1'000;
constexpr std::uint64_t kMessages = 8;  ///< Of each patient.

void write(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

std::string destination(const std::string& name, const std::string& unknown) {
    return "destination: " + name + "\ntype: sim_out\nowner: nobody\nconcurrency: 2\nunknown: " + unknown +
           "\nretry: {first: 20ms, most: 80ms, give_up: 1h}\n";
}

}  // namespace

pipeline::ConfigurationPtr configure(const std::filesystem::path& folder) {
    write(folder / "conf/causeway.yaml", "state: ../var\nmappings: ../mappings\nops: \"off\"\n");
    write(folder / "conf/channels/in.yaml", "channel: in\ntype: sim_in\nowner: nobody\n");
    write(folder / "conf/destinations/knows.yaml", destination("knows", "resend"));
    write(folder / "conf/destinations/forgets.yaml", destination("forgets", "hold"));
    write(folder / "conf/routes/all.yaml",
          "route: all\nfrom: [in]\nwhen: \"true\"\nto:\n  - destination: knows\n  - destination: forgets\n");
    std::filesystem::create_directories(folder / "mappings");
    std::vector<config::Mistake> mistakes;
    auto made = pipeline::load_configuration(folder / "conf", sim_adapters(), mistakes);
    if (!made) throw std::runtime_error("the configuration of the simulation is wrong");
    return made;
}

Figures& Figures::operator+=(const Figures& other) {
    steps += other.steps;
    acknowledged += other.acknowledged;
    duplicates += other.duplicates;
    conflicts += other.conflicts;
    effects += other.effects;
    repeated += other.repeated;
    crashes += other.crashes;
    power_cuts += other.power_cuts;
    disk_faults += other.disk_faults;
    acts += other.acts;
    jumps += other.jumps;
    return *this;
}

Simulation::Simulation(std::uint64_t seed, std::filesystem::path folder, pipeline::ConfigurationPtr configuration,
                       bool trace)
    : seed_(seed), folder_(std::move(folder)), configuration_(std::move(configuration)), trace_(trace), random_(seed) {
    VirtualTime::instance().begin(seed);
    Peers::instance().begin(seed + 1);
    MemoryDisk::instance().format();
    for (int i = 0; i < kPatients; ++i) {
        senders_.emplace_back();
        senders_.back().patient = "PAT" + std::to_string(i);
    }
}

Simulation::~Simulation() {
    drop();
}

void Simulation::wrong(std::string what) {
    tell("WRONG: " + what);
    mistakes_.push_back(std::move(what));
}

void Simulation::tell(const std::string& what) const {
    if (trace_)
        std::printf("%8.1f ms  %s\n", static_cast<double>(VirtualTime::instance().passed().count()) / 1000,
                    what.c_str());
}

// ---- the life of the engine

/// The ledger may fail while the engine starts: then it is started again, like by a service manager.
void Simulation::start() {
    for (int tries = 0; tries < 10; ++tries) {
        failed_ = false;
        ++epoch_;
        context_ = std::make_unique<asio::io_context>(1);
        guard_.emplace(context_->get_executor());
        pipeline::EngineOptions options;
        options.folder = folder_ / "conf";
        options.adapters = sim_adapters();
        options.on_fatal = [this](const Error&) { failed_ = true; };
        options.open_ledger = [this](LedgerOptions ledger, const Clock& clock) {
            ledger.vfs = MemoryDisk::vfs();
            ledger.min_free_bytes = 0;
            ledger.checkpoint_pages = 100;
            ledger.drive = [this](std::function<bool()> turn) { turn_ = std::move(turn); };
            return open_sqlite_ledger(std::move(ledger), clock);
        };
        auto made = pipeline::make_engine(context_->get_executor(), configuration_, std::move(options),
                                          VirtualTime::instance());
        if (made) {
            engine_ = std::move(*made);
            const auto started = finish(engine_->start());
            if (started && *started && !failed_) return tell("the engine runs");
        }
        tell("the engine does not start");
        drop();
    }
    throw std::runtime_error("the engine does not start any more");
}

/// The process is gone: nothing is told to anybody any more.
void Simulation::drop(bool power) {
    Peers::instance().intake = nullptr;
    if (context_) context_->stop();
    turn_ = nullptr;
    engine_.reset();
    guard_.reset();
    context_.reset();
    if (power)
        MemoryDisk::instance().lose_power(random_);
    else
        MemoryDisk::instance().let_go();
    for (auto& sender : senders_) sender.waits = false;
}

void Simulation::crash(bool power) {
    tell(power ? "the power goes" : "the process is killed");
    ++(power ? figures_.power_cuts : figures_.crashes);
    // What the ledger's destructor would still write does not happen.
    MemoryDisk::instance().fail(MemoryDisk::Failure::dead, 0);
    drop(power);
    start();
    check_stored();
}

void Simulation::stop() {
    tell("the engine is stopped");
    auto stopping = [](pipeline::Engine& engine) -> asio::awaitable<bool> {
        co_await engine.stop();
        co_return true;
    };
    finish(stopping(*engine_));
    drop();
    start();
    check_stored();
}

/// Runs until `work` has ended, or cannot; gives what it gave.
template <class T>
std::optional<T> Simulation::finish(asio::awaitable<T> work) {
    const auto result = std::make_shared<std::optional<T>>();
    asio::co_spawn(*context_, std::move(work), [result](const std::exception_ptr& thrown, T value) {
        if (!thrown) result->emplace(std::move(value));
    });
    for (int idle = 0; !*result && idle < 20'000;) {
        if (turn_something()) continue;
        if (failed_) return std::nullopt;
        ++idle;
        VirtualTime::instance().pass(std::chrono::milliseconds(1));
    }
    return std::move(*result);
}

/// One handler, or one group of the ledger; false where there is nothing to do.
bool Simulation::turn_something() {
    const auto ledger = [this] { return turn_ && turn_(); };
    const auto handler = [this] { return context_->poll_one() > 0; };
    return random_() % 4 == 0 ? ledger() || handler() : handler() || ledger();
}

// ---- one step

std::vector<std::string> Simulation::run() {
    start();
    for (; figures_.steps < kSteps && mistakes_.empty(); ++figures_.steps) step();
    if (mistakes_.empty()) settle();
    figures_.disk_faults = MemoryDisk::instance().failures();
    return mistakes_;
}

void Simulation::step() {
    if (failed_) {
        // A program whose ledger has failed ends soon, not at once.
        if (random_() % 8 != 0) return void(turn_something());
        tell("the ledger has failed: the program ends");
        if (random_() % 2 == 0) return crash(true);
        drop();
        start();
        return check_stored();
    }
    if (random_() % 6 == 0) return act();
    if (turn_something()) return;
    VirtualTime::instance().pass(std::chrono::microseconds(random_() % 5'000));
}

void Simulation::act() {
    const auto what = random_() % 1'000;
    if (what < 600) return send(any_sender());
    if (what < 700) return send_again(any_sender());
    if (what < 740) return send_other_bytes(any_sender());
    if (what < 900) return operate();
    if (what < 930) return spoil_disk();
    if (what < 950) {
        ++figures_.jumps;
        const auto minutes = static_cast<std::int64_t>(random_() % 11) - 5;
        tell("the wall clock jumps by " + std::to_string(minutes) + " minutes");
        return VirtualTime::instance().put_wall_clock(std::chrono::minutes(minutes));
    }
    if (what < 970) return crash(false);
    if (what < 990) return crash(true);
    stop();
}

void Simulation::spoil_disk() {
    constexpr MemoryDisk::Failure kinds[] = {MemoryDisk::Failure::write_error, MemoryDisk::Failure::sync_error,
                                             MemoryDisk::Failure::sync_error, MemoryDisk::Failure::full};
    tell("the disk will fail");
    MemoryDisk::instance().fail(kinds[random_() % 4], 1 + static_cast<int>(random_() % 12));
}

// ---- senders

void Simulation::send(Sender& sender) {
    if (sender.next >= kMessages) return;
    // Some lose their patience and send it again while the first is still on its way.
    if (sender.waits && random_() % 10 != 0) return;
    sender.waits = true;
    submit(sender, sender.next, 0);
}

void Simulation::send_again(Sender& sender) {
    if (!sender.acknowledged.empty()) submit(sender, random_() % sender.next, 0);
}

void Simulation::send_other_bytes(Sender& sender) {
    if (!sender.acknowledged.empty()) submit(sender, random_() % sender.next, 1 + static_cast<int>(random_() % 3));
}

void Simulation::submit(Sender& sender, std::uint64_t number, int variant) {
    auto* const intake = Peers::instance().intake;
    if (intake == nullptr) return;
    Submission submission;
    submission.body = Payload(message_of(sender.patient, number, variant));
    submission.media_type = kHl7v2;
    tell("sends " + control_id(sender.patient, number) + (variant != 0 ? " with other bytes" : ""));
    auto work = intake->accept(std::move(submission));
    asio::co_spawn(*context_, std::move(work),
                   [this, &sender, number, variant, epoch = epoch_](const std::exception_ptr& thrown,
                                                                    const Result<Verdict>& verdict) {
                       if (epoch != epoch_) return;
                       if (thrown) return wrong("intake threw");
                       heard(sender, number, variant, verdict);
                   });
}

void Simulation::heard(Sender& sender, std::uint64_t number, int variant, const Result<Verdict>& verdict) {
    const auto id = control_id(sender.patient, number);
    if (number == sender.next) sender.waits = false;
    if (!verdict) return tell(id + " is not acknowledged: " + to_string(verdict.error()));
    tell(id + " is " + std::string(to_code(verdict->disposition)) + " as " + verdict->message.text());
    if (variant != 0) {
        ++figures_.conflicts;
        if (verdict->disposition != Disposition::conflict) wrong(id + " with other bytes is no conflict");
        return;
    }
    if (verdict->disposition == Disposition::duplicate) ++figures_.duplicates;
    if (verdict->disposition != Disposition::accepted && verdict->disposition != Disposition::duplicate)
        return wrong(id + " is neither accepted nor a duplicate");
    const auto [known, fresh] = sender.acknowledged.emplace(number, verdict->message);
    if (known->second != verdict->message) wrong(id + " was acknowledged under two ids");
    if (fresh) ++figures_.acknowledged;
    if (number == sender.next) ++sender.next;
}

// ---- operators

void Simulation::operate() {
    const auto& sender = any_sender();
    if (sender.acknowledged.empty()) return;
    const auto message =
        std::next(sender.acknowledged.begin(), static_cast<std::ptrdiff_t>(random_() % sender.acknowledged.size()))
            ->second;
    constexpr OperatorAct::Kind kinds[] = {
        OperatorAct::Kind::hold,    OperatorAct::Kind::hold,   OperatorAct::Kind::release, OperatorAct::Kind::release,
        OperatorAct::Kind::release, OperatorAct::Kind::cancel, OperatorAct::Kind::replay};
    const auto kind = kinds[random_() % std::size(kinds)];
    auto target = message;
    if (kind != OperatorAct::Kind::replay && random_() % 2 == 0) {
        const auto owed = engine_->store().obligations_of(message);
        if (owed && !owed->empty()) target = (*owed)[random_() % owed->size()].id;
    }
    operate_on(kind, target, message);
}

void Simulation::operate_on(OperatorAct::Kind kind, Id target, Id message) {
    ++figures_.acts;
    auto& touched = touched_[message];
    switch (kind) {
        case OperatorAct::Kind::hold:
            ++touched.holds;
            break;
        case OperatorAct::Kind::release:
            ++touched.releases;
            break;
        case OperatorAct::Kind::cancel:
            ++touched.cancels;
            break;
        default:
            ++touched.replays;
    }
    tell("an operator does " + std::to_string(static_cast<int>(kind)) + " to " + target.text());
    OperatorAct act;
    act.kind = kind;
    act.target = target;
    act.who = "operator";
    act.reason = "because the simulation says so";
    asio::co_spawn(*context_, engine_->act(std::move(act)), asio::detached);
}

// ---- the end

/// Everything works from here on: disk, receivers, and operators who release what is held.
void Simulation::heal() {
    tell("everything is well from here on");
    MemoryDisk::instance().repair();
    Peers::instance().heal();
    if (failed_) {
        drop();
        start();
        check_stored();
    }
    for (auto& sender : senders_)
        if (sender.waits) sender.waits = false;
}

bool Simulation::quiet() {
    const auto balance = engine_->store().balance();
    if (!balance) return false;
    for (const auto& row : balance->rows)
        for (const auto& [state, count] : row.by_state)
            if (count != 0 && state != State::delivered && state != State::filtered) return false;
    return true;
}

void Simulation::settle() {
    heal();
    for (int round = 0; round < 4'000; ++round) {
        while (turn_something()) {
        }
        for (auto& sender : senders_) {
            // What was sent and not acknowledged is sent again; nothing new is begun.
            if (!sender.waits && round == 0 && sender.next < kMessages) send(sender);
        }
        if (round > 20 && quiet()) break;
        if (round % 50 == 20) {
            const auto open = engine_->store().open_obligations({}, 1'000);
            for (const auto& one : open.value())
                if (one.state == State::held) operate_on(OperatorAct::Kind::release, one.id, one.message);
        }
        // A clock that was put back during an attempt may make its next one late by as much.
        VirtualTime::instance().pass(std::chrono::milliseconds(round < 1'000 ? 20 : 2'000));
    }
    if (!quiet()) {
        const auto open = engine_->store().open_obligations({}, 5);
        for (const auto& one : open.value())
            wrong(one.id.text() + " (" + std::string(to_code(one.duty)) + " for " + one.message.text() + ") is still " +
                  std::string(to_code(one.state)) + " though nothing is in the way: " + one.cause);
    }
    check_stored();
    check_effects();
    check_balance();
}

}  // namespace causeway::sim
