#pragma once
/// The memory that large messages may take: one budget for all that listeners read until it is committed or refused,
/// and one for all that is being delivered. Where the first is used up, connections with a large message are not read
/// from until it is their turn, so that TCP slows their senders down; nobody is refused because of it.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/async.hpp"
#include "core/metrics.hpp"

namespace causeway::net {

/// The oldest body goes first, always: what has begun ends. The first kFree bytes of each connection cost nothing, so
/// that small messages never wait. A body is granted memory ahead, by what its connection sent before: those that may
/// begin can end. Where bodies grow beyond that until each waits for the others, the oldest goes on all the same; the
/// budget is exceeded by no more than this one of each group (a destination must not wait for another). What is granted
/// and not used within kUnused goes back when somebody waits: a sender that says nothing holds what it has sent and no
/// more, until the time limit of its reads ends it. Threads: any.
class BodyBudget : public std::enable_shared_from_this<BodyBudget> {
public:
    static constexpr std::size_t kFree = 32 * 1024;
    /// Bytes of memory a byte of a body: itself, its buffer while it grows, and what decoding makes of it.
    static constexpr std::size_t kWeight = 4;
    static constexpr auto kUnused = std::chrono::seconds(2);

    /// `most`: bytes of memory. `direction`: "in" or "out", for the metrics.
    BodyBudget(std::size_t most, metrics::Registry& metrics, const std::string& direction);
    void set_most(std::size_t most);

    class Share;

private:
    using Time = std::chrono::steady_clock::time_point;
    struct Waiter;

    /// A body that is larger than kFree.
    struct Body {
        std::size_t granted = 0;  ///< Bytes of it that there is memory for.
        std::size_t size = 0;     ///< Bytes of it that are there, or are about to be.
        std::size_t wanted = 0;   ///< Waits until so many are granted; 0: it does not wait.
        bool slow = false;        ///< It did not use what it was granted.
        Time since;               ///< Of the last grant.
        std::string group;
        std::shared_ptr<Waiter> waiter;
    };
    using Bodies = std::map<std::uint64_t, Body>;  ///< Oldest first.

    bool fits(const Body& body) const;
    void enter_line(Body& body);
    void leave_line(Body& body);
    void forget(Bodies::iterator body);
    void grant(Body& body, Time now);
    void serve(Time now);
    void take_back_unused(Time now);
    void show();

    std::mutex mutex_;
    std::size_t most_;
    std::size_t held_ = 0;  ///< Granted bytes.
    std::size_t waiting_ = 0;
    std::uint64_t next_ = 0;
    Bodies bodies_;
    std::map<std::string, std::size_t> moving_;  ///< By group: bodies that do not wait.
    metrics::Gauge &bytes_, &line_;
    metrics::Counter& waited_;
};

using BodyBudgetPtr = std::shared_ptr<BodyBudget>;

/// What one connection takes of it, one body after the other. Belongs to the connection's strand; destroying it gives
/// everything back.
class BodyBudget::Share {
public:
    /// Without a budget there is always room. Bodies of one group wait for each other.
    explicit Share(BodyBudgetPtr budget, std::string group = {})
        : budget_(std::move(budget)), group_(std::move(group)) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { give_back(); }

    /// The body will have this many bytes, so its sender says.
    void expect(std::size_t size) noexcept { expected_ = size; }
    /// Is there room for `size` bytes of it in all? Where not, wait() for it.
    bool take(std::size_t size);
    /// Until it is this connection's turn; on a strand. An Error where the connection is cancelled meanwhile.
    Async<void> wait();
    /// Nothing more of it is read: what was granted beyond `size` goes back.
    void finish(std::size_t size);
    /// It is committed or refused.
    void give_back();

private:
    std::size_t ahead(std::size_t size, const Body& body) const;
    void begin();
    bool is_granted();

    const BodyBudgetPtr budget_;
    const std::string group_;
    Bodies::iterator body_;
    bool holds_ = false;  ///< body_ is one.
    std::size_t expected_ = kUsual;

    static constexpr std::size_t kUsual = 1u << 20;
    static constexpr std::size_t kStep = 64 * 1024;
};

}  // namespace causeway::net
