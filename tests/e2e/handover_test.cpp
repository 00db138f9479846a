/// Reloads and upgrades under load, over real processes: nobody is refused, and nothing acknowledged is lost.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "e2e/reconnecting.hpp"
#include "hl7v2/message.hpp"
#include "support/engine_process.hpp"
#include "support/load.hpp"
#include "support/temp_dir.hpp"

namespace causeway::test {
namespace {

using namespace std::chrono_literals;
using Files = std::map<std::string, std::string>;

/// Until it is true, or a minute has passed.
bool soon(const std::function<bool()>& is_true) {
    for (int i = 0; i < 6000; ++i) {
        if (is_true()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return is_true();
}

/// An engine, whichever process it is, with senders before it and a receiver behind it.
class World {
public:
    World() : sink_([this](std::string_view received) { return receive(received); }) {
        engine_ = make_engine();
        engine_->start();
        REQUIRE(wait_for_port(port_, 60));
    }
    ~World() {
        senders_.clear();
        if (stranger_ > 0) ::kill(stranger_, SIGKILL);
    }

    void load() {
        for (int i = 0; i < 6; ++i)
            senders_.push_back(std::make_unique<Sender>(port_, "S" + std::to_string(i), seen, false));
        for (int i = 0; i < 2; ++i)
            senders_.push_back(std::make_unique<Sender>(port_, "H" + std::to_string(i), seen, true));
    }
    /// The load goes on until so many more are acknowledged.
    void flow() {
        const auto before = seen.acknowledged().size();
        CHECK(soon([&] { return seen.acknowledged().size() >= before + 40; }));
    }
    void channel(const std::string& more) {
        std::ofstream(dir_ / "conf/channels/in.yaml") << channel_file("in", port_, more);
    }
    void file(const std::string& name, const std::string& text) { std::ofstream(dir_ / "conf" / name) << text; }
    void remove(const std::string& name) { std::filesystem::remove(dir_ / "conf" / name); }
    static std::string channel_file(const std::string& name, std::uint16_t port, const std::string& more) {
        return "channel: " + name + "\ntype: mllp_listener\nport: " + std::to_string(port) + "\nowner: nobody\n" + more;
    }

    /// A command of the command line; its exit status. What it says is in `said`.
    int command(const std::string& words) {
        const auto line =
            std::string(CAUSEWAY_PROGRAM) + " " + words + " --config '" + (dir_ / "conf").string() + "' 2>&1";
        said.clear();
        auto* const pipe = ::popen(line.c_str(), "r");
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
        const int status = ::pclose(pipe);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    /// A new process takes over; the old one ends by itself.
    void take_over() {
        auto successor = make_engine();
        successor->start("--takeover");
        CHECK(soon([&] { return !engine_->running(); }));
        CHECK(engine_->status() == 0);
        engine_ = std::move(successor);
        CHECK(engine_->running());
    }
    /// One that does not come to its end.
    std::unique_ptr<EngineProcess> begin_take_over() {
        auto successor = make_engine();
        successor->start("--takeover");
        return successor;
    }
    bool engine_runs() { return engine_->running(); }
    /// By `causeway upgrade`: the engine starts its successor itself.
    void upgrade() {
        CHECK(command("upgrade") == 0);
        std::istringstream words(said);
        std::string first;
        words >> first >> stranger_;
        CHECK(first == "Process");
        CHECK(soon([&] { return !engine_->running(); }));
        CHECK(engine_->status() == 0);
    }

    void pause_receiver(std::chrono::milliseconds each) { pause_ = each; }

    /// Ends the load, lets everything be delivered, stops the engine and compares.
    void settle() {
        senders_.clear();
        const auto acknowledged = seen.acknowledged();
        CHECK(soon([&] {
            const std::lock_guard lock(mutex_);
            return std::includes(delivered_.begin(), delivered_.end(), acknowledged.begin(), acknowledged.end());
        }));
        if (stranger_ > 0) {
            ::kill(stranger_, SIGTERM);
            CHECK(soon([&] { return ::kill(stranger_, 0) != 0; }));
            stranger_ = 0;
        } else {
            CHECK(engine_->stop() == 0);
        }
        std::cout << acknowledged.size() << " acknowledged over " << seen.connections << " connections, " << seen.cut
                  << " ended first and were sent again, " << seen.refused
                  << " refused; longest wait of a new connection for its first acknowledgement " << seen.longest_wait()
                  << " s\n";
        CHECK(seen.refused == 0);
        CHECK(seen.broken == 0);
        CHECK(seen.silent == 0);
    }

    Sightings seen;
    std::string said;

private:
    std::unique_ptr<EngineProcess> make_engine() {
        if (engine_) return std::make_unique<EngineProcess>(CAUSEWAY_PROGRAM, dir_.path(), Files{});
        const Files files{
            {"causeway.yaml", "state: ../var\nops: 127.0.0.1:" + std::to_string(ops_) +
                                  "\nmin_free_disk: 1MB\nstop_within: 5s\nlog_level: info\n"},
            {"channels/in.yaml", channel_file("in", port_, "")},
            {"destinations/out.yaml",
             "destination: out\ntype: mllp_sender\nhost: 127.0.0.1\nport: " + std::to_string(sink_.port()) +
                 "\nconnections: 4\nconcurrency: 4\nunknown: resend\nowner: nobody\n"
                 "retry: {first: 50ms, most: 200ms, give_up: 1h}\n"},
            {"routes/all.yaml", "route: all\nfrom: [in]\nwhen: \"true\"\nto: [{destination: out}]\n"},
        };
        return std::make_unique<EngineProcess>(CAUSEWAY_PROGRAM, dir_.path(), files);
    }

    std::string receive(std::string_view received) {
        std::this_thread::sleep_for(pause_.load());
        const auto header = hl7v2::read_header(received);
        if (!header) return {};
        const auto& id = header->message_control_id;
        const std::lock_guard lock(mutex_);
        const auto patient = received.find("PID|1||");
        const auto begin = patient + 7;
        delivered_.insert(std::string(received.substr(begin, received.find('^', begin) - begin)));
        return "MSH|^~\\&|SINK|R9Z|CAUSEWAY|R9Z|20261121080000||ACK|S" + id + "|P|2.5.1\rMSA|AA|" + id + "\r";
    }

    TempDir dir_;
    std::mutex mutex_;
    std::set<std::string> delivered_;
    std::atomic<std::chrono::milliseconds> pause_{0ms};
    MllpSink sink_;
    const std::uint16_t port_ = free_port(), ops_ = free_port();
    std::unique_ptr<EngineProcess> engine_;
    pid_t stranger_ = 0;  ///< The engine's process, where the engine itself has started it.
    std::vector<std::unique_ptr<Sender>> senders_;
};

TEST_CASE("twenty reloads under load refuse nobody and lose nothing") {
    World world;
    world.load();
    world.flow();
    for (int i = 0; i < 20; ++i) {
        world.channel("max_frame: " + std::to_string(i + 1) + "MB\n");
        CHECK_MESSAGE(world.command("reload") == 0, world.said);
        world.flow();
    }
    world.settle();
    CHECK(world.seen.connections >= 6 + 6 * 20);  // Every reload has ended every session.
}

TEST_CASE("a reload leaves sessions alone where the settings of their listener did not change") {
    World world;
    world.load();
    world.flow();
    world.channel("nhs_number: warn\n");
    CHECK_MESSAGE(world.command("reload") == 0, world.said);
    world.file("routes/all.yaml", "route: all\nfrom: [in]\nwhen: \"1 = 1\"\nto: [{destination: out}]\n");
    CHECK_MESSAGE(world.command("reload") == 0, world.said);
    world.flow();
    world.settle();
    CHECK(world.seen.connections == 8);
    CHECK(world.seen.cut == 0);
}

TEST_CASE("upgrades under load refuse nobody and lose nothing") {
    World world;
    world.load();
    world.flow();
    for (int i = 0; i < 5; ++i) {
        world.take_over();
        world.flow();
    }
    world.upgrade();
    world.flow();
    world.settle();
}

TEST_CASE("where the new process cannot start, the old one goes on") {
    World world;
    world.load();
    world.flow();

    // Its configuration has a mistake: the engine is not even asked.
    world.file("routes/wrong.yaml", "route: wrong\nfrom: [nowhere]\n");
    CHECK(world.command("upgrade") == 1);
    CHECK(world.said.find("nowhere") != std::string::npos);
    world.remove("routes/wrong.yaml");
    world.flow();

    // It cannot listen: another program has the port. By then it had the ledger.
    const MllpSink other([](std::string_view) { return std::string(); });
    world.file("channels/more.yaml", World::channel_file("more", other.port(), ""));
    CHECK(world.command("upgrade") == 4);
    CHECK_MESSAGE(world.said.find("in use") != std::string::npos, world.said);
    world.remove("channels/more.yaml");
    CHECK(world.engine_runs());
    world.flow();

    // It dies while it waits for a slow delivery to end.
    world.pause_receiver(1500ms);
    world.flow();
    auto successor = world.begin_take_over();
    std::this_thread::sleep_for(700ms);
    successor->kill();
    world.pause_receiver(0ms);
    world.flow();
    CHECK(world.engine_runs());
    world.take_over();
    world.flow();
    world.settle();
}

}  // namespace
}  // namespace causeway::test
