#pragma once
/// Receiving systems that behave well or badly, over MLLP and HTTP, and remember what came.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace causeway::test {

/// A message of the tests has the control id "L<lane>-<number>".
struct Label {
    int lane = 0;
    std::uint64_t number = 0;
};
std::string to_text(Label label);
/// From the MSH-10 of a message; lane -1 where there is none.
Label label_of(std::string_view message);

/// What a receiver does with one message.
enum class Act {
    take,        ///< Takes it and says so.
    take_slow,   ///< The same, the answer byte by byte.
    lose,        ///< Takes it; closes without an answer.
    half,        ///< Takes it; closes after half of its answer.
    refuse_now,  ///< Does not take it: "later" (AR 207, HTTP 503).
    foreign,     ///< Does not take it, and answers as if to another message (MLLP); HTTP: closes.
    reset,       ///< Does not take it; resets the connection.
    black_hole   ///< Does not take it and never says anything.
};

/// One message that a receiver took.
struct Arrival {
    std::uint64_t number;
    std::string id;  ///< What its receiver knows it by: X-Request-Id, MSH-10.
    std::size_t hash;
    bool in_doubt = false;  ///< It may rest on a commit that the power cut then took back.
};

/// A system on a free port of the loopback interface with a thread for each connection.
class Receiver {
public:
    enum class Speaks { mllp, http };
    using Manner = std::function<Act(Label label)>;

    Receiver(Speaks speaks, Manner manner);
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    ~Receiver();

    std::uint16_t port() const { return port_; }
    /// By lane, in the order in which they came.
    std::map<int, std::vector<Arrival>> arrivals() const;
    /// How many different messages it took.
    std::size_t taken() const;
    /// From now on it behaves like this.
    void behave(Manner manner);
    /// What comes from now on is in doubt, or no longer.
    void doubt(bool doubting) { doubting_ = doubting; }

private:
    void accept_all();
    void serve(int fd);
    bool answer(int fd, std::string_view head, std::string_view message);
    bool act(int fd, Act act, Label label, const std::string& id, std::string_view message);
    std::string text_of(Act act, Label label) const;

    const Speaks speaks_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false}, doubting_{false};
    mutable std::mutex mutex_;
    Manner manner_;
    std::map<int, std::vector<Arrival>> arrivals_;
    std::map<std::pair<int, std::uint64_t>, int> taken_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace causeway::test
