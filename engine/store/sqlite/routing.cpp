#include <algorithm>

#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"
#include "store/sqlite/patients.hpp"

namespace causeway::sqlite {
namespace {

/// The caller's event of this kind (about this obligation, where one is named); null where it wrote none.
const Event* find_event(const Routing& routing, std::string_view kind, Id obligation = {}) {
    const auto found = std::find_if(routing.events.begin(), routing.events.end(), [&](const Event& event) {
        return event.kind == kind && (!obligation || event.obligation == obligation);
    });
    return found == routing.events.end() ? nullptr : &*found;
}

bool is_taken(WriteContext& context, Id id) {
    return context.history.knows(id);
}

std::optional<Error> check_ids(WriteContext& context, const Routing& routing) {
    const auto taken = [] {
        return fail(Issue::duplicate, "ledger", "An obligation or clock has an id that is in use; take new ids.");
    };
    std::vector<Id> ids;
    for (const Obligation& o : routing.obligations) ids.push_back(o.id);
    for (const PathwayClock& clock : routing.clocks) ids.push_back(clock.id);
    for (const Id id : ids)
        if (!id || is_taken(context, id)) return taken();
    std::sort(ids.begin(), ids.end());
    if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) return taken();
    return std::nullopt;
}

std::optional<Error> check(WriteContext& context, const Routing& routing, const OwedPtr& process) {
    if (!process) return not_open(context, routing.process);
    const Obligation& o = process->obligation;
    if (o.duty != Duty::process)
        return fail(Issue::invalid, "ledger", "Only an obligation to process can be routed; name that one.");
    if (o.state == State::held)
        return fail(Issue::conflict, "ledger", "This message is held; release it before it is routed.");
    if (!is_final(routing.end) && routing.end != State::held)
        return fail(Issue::invalid, "ledger", "A routed message is delivered, filtered or held; name one of these.");
    if (find_event(routing, "patient.known") != nullptr || find_event(routing, "patient.merged") != nullptr)
        return fail(Issue::invalid, "ledger", "Give patient knowledge as a change; the ledger writes its event.");
    return check_ids(context, routing);
}

/// The events of a routing in their order: the caller's, each with what it tells of, then what the caller left unsaid.
class Written {
public:
    Written(WriteContext& context, const Routing& routing, OwedPtr process)
        : context_(context), routing_(routing), process_(std::move(process)), after_(process_->obligation) {
        after_.state = routing.end;
        after_.owner = routing.owner;
        after_.cause = routing.cause;
        after_.rule = routing.rule;
    }

    void write() {
        for (const Event& event : routing_.events) write_told(event);
        if (!ended_) end_process(untold_end());
        for (const Obligation& o : routing_.obligations)
            if (!is_created(o.id)) create(o, nullptr);
        for (; clocks_ < routing_.clocks.size(); ++clocks_) start(routing_.clocks[clocks_], nullptr);
    }

private:
    Id message() const { return after_.message; }

    std::string_view end_kind() const {
        if (after_.state == State::held) return "obligation.held";
        return after_.state == State::filtered ? "obligation.filtered" : "route.matched";
    }

    bool tells_end(const Event& event) const {
        if (ended_ || event.kind != end_kind()) return false;
        if (event.obligation == after_.id) return true;
        return after_.state == State::delivered && !event.obligation;
    }

    void write_told(Event event) {
        if (!event.message) event.message = message();
        if (tells_end(event)) {
            event.obligation = after_.id;
            return end_process(std::move(event));
        }
        if (event.kind == "obligation.created")
            for (const Obligation& o : routing_.obligations)
                if (o.id == event.obligation && !is_created(o.id)) return create(o, &event);
        if (event.kind == "clock.started" && clocks_ < routing_.clocks.size())
            return start(routing_.clocks[clocks_++], &event);
        context_.write(std::move(event));
    }

    Event untold_end() const {
        return {0,
                {},
                std::string(end_kind()),
                message(),
                after_.id,
                {},
                Detail().add("owner", after_.owner).add("cause", after_.cause).add("rule", after_.rule).text()};
    }

    void end_process(Event event) {
        ended_ = true;
        const auto change = change_to(after_);
        record::Parts parts;
        parts.change = &change;
        if (!routing_.keys.empty()) parts.keys = &routing_.keys;
        const auto sequence = context_.write(std::move(event), parts);
        context_.move(process_, after_, sequence);
    }

    bool is_created(Id id) const { return std::find(created_.begin(), created_.end(), id) != created_.end(); }

    void create(Obligation o, const Event* told) {
        created_.push_back(o.id);
        o.message = message();
        if (o.created_at == Instant()) o.created_at = context_.clock.now();
        if (o.next_attempt_at == Instant()) o.next_attempt_at = o.created_at;
        create_obligation(context_, std::move(o), process_->origin, told);
    }

    void start(PathwayClock clock, const Event* told) {
        if (!clock.message) clock.message = message();
        start_clock(context_, std::move(clock), told);
    }

    WriteContext& context_;
    const Routing& routing_;
    const OwedPtr process_;
    Obligation after_;
    bool ended_ = false;
    std::vector<Id> created_;
    std::size_t clocks_ = 0;
};

}  // namespace

Result<void> route(WriteContext& context, const Routing& routing) {
    const auto process = context.find(routing.process);
    if (auto error = check(context, routing, process)) return *std::move(error);
    const Id message = process->obligation.message;
    Written(context, routing, process).write();
    for (const PatientChange& change : routing.patients) record_patient(context, change, message);
    context.index_keys(routing.keys, message);
    return {};
}

}  // namespace causeway::sqlite
