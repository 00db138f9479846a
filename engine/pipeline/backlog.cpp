#include "pipeline/backlog.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "core/log.hpp"
#include "pipeline/delivery.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPage = 5'000;
constexpr auto kLookAgain = std::chrono::milliseconds(5);

/// What shares one limit of concurrency. Practices behind one destination do not share: a slow one harms no other.
std::string slot_of(const Obligation& obligation) {
    if (obligation.duty == Duty::process) return "";
    if (obligation.duty == Duty::answer) return "answer";
    return obligation.organisation.empty() ? obligation.destination
                                           : obligation.destination + '@' + obligation.organisation;
}

/// After a start everything is tried at once, whatever the wall clock said when its next attempt was written: it may
/// have been put back since.
Instant due_of(const Obligation& obligation) {
    return obligation.duty == Duty::answer ? obligation.next_attempt_at : Instant();
}

}  // namespace

/// How many obligations are open.
std::size_t open_in(const Balance& balance) {
    std::int64_t open = 0;
    for (const auto& row : balance.rows)
        for (const auto& [state, count] : row.by_state)
            if (state != State::delivered && state != State::filtered) open += count;
    return static_cast<std::size_t>(std::max<std::int64_t>(open, 0));
}

Pending pending_of(const Obligation& obligation) {
    return {obligation.id,       slot_of(obligation), obligation.lane,
            obligation.priority, due_of(obligation),  obligation.state == State::held};
}

BacklogLoader::BacklogLoader(MessageStore& store, const Senders& senders, Dispatcher& dispatcher, const Clock& clock,
                             asio::any_io_executor executor, std::function<void(const Error&)> on_fatal)
    : store_(store),
      senders_(senders),
      dispatcher_(dispatcher),
      clock_(clock),
      executor_(std::move(executor)),
      on_fatal_(std::move(on_fatal)) {
}

Result<void> BacklogLoader::start() {
    const auto balance = store_.balance();
    if (!balance) return balance.error();
    dispatcher_.begin_load(store_.last_id(), open_in(*balance));
    auto page = store_.open_obligations({}, kPage);
    if (!page) return page.error();
    if (page->size() < kPage) {
        take(std::move(*page));
        complete_load();
        return {};
    }
    loading_ = true;
    asio::co_spawn(executor_, load_rest(std::move(*page)), asio::detached);
    return {};
}

/// While a page takes its places the next one is read.
asio::awaitable<void> BacklogLoader::load_rest(std::vector<Obligation> page) {
    while (!stopping_) {
        const bool last = page.size() < kPage;
        std::future<Result<std::vector<Obligation>>> next;
        if (!last) next = read_after(page.back().id);
        take(std::move(page));
        if (last) {
            complete_load();
            break;
        }
        auto read = next.get();
        if (!read) {
            log::error("backlog.unreadable", {{"why", to_string(read.error())}});
            if (on_fatal_) on_fatal_(read.error());
            break;
        }
        page = std::move(*read);
        // Others have their turn between two pages.
        co_await asio::post(executor_, asio::use_awaitable);
    }
    loading_ = false;
}

void BacklogLoader::complete_load() {
    complete_ = true;
    dispatcher_.end_load();
    dispatcher_.refresh();
}

std::future<Result<std::vector<Obligation>>> BacklogLoader::read_after(Id id) {
    return std::async([this, id] { return store_.open_obligations(id, kPage); });
}

void BacklogLoader::take(std::vector<Obligation> page) {
    std::vector<Pending> pending;
    std::vector<const Obligation*> unsettled;
    pending.reserve(page.size());
    for (const auto& obligation : page) {
        if (obligation.state == State::held && !keeps_its_lane(obligation)) continue;
        pending.push_back(pending_of(obligation));
        if (obligation.state != State::in_flight) continue;
        pending.back().held = true;
        unsettled.push_back(&obligation);
    }
    dispatcher_.load(pending);
    for (const auto* obligation : unsettled) settle(*obligation);
}

void BacklogLoader::settle(const Obligation& obligation) {
    const auto sender = senders_.find(obligation.destination);
    auto progress = after_crash(obligation, sender ? &sender->destination : nullptr, clock_.now());
    auto after = obligation;
    after.state = progress.state;
    store_.progress(std::move(progress), [this, after = std::move(after)](const Result<void>& written) {
        // Where it cannot be written the ledger has stopped, and the next start comes here again.
        if (written) asio::post(executor_, [this, after] { settled(after); });
    });
}

void BacklogLoader::settled(const Obligation& obligation) {
    if (obligation.state == State::queued) return dispatcher_.release(obligation.id, Instant());
    if (!keeps_its_lane(obligation)) dispatcher_.drop(obligation.id);
}

/// A held delivery blocks its lane, unless the destination parks such ones.
bool BacklogLoader::keeps_its_lane(const Obligation& held) const {
    if (held.duty != Duty::deliver) return false;
    const auto sender = senders_.find(held.destination);
    return sender && !sender->destination.parks_held;
}

asio::awaitable<void> BacklogLoader::stop() {
    stopping_ = true;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (loading_) {
        pause.expires_after(kLookAgain);
        boost::system::error_code ignored;
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace causeway::pipeline
