/// What must hold, whatever happened.
#include <set>

#include "sim/peers.hpp"
#include "sim/simulation.hpp"

namespace causeway::sim {

/// acknowledged ⊆ stored, to the byte.
void Simulation::check_stored() {
    for (const auto& sender : senders_) {
        for (const auto& [number, id] : sender.acknowledged) {
            const auto stored = engine_->store().message(id);
            const auto name = control_id(sender.patient, number);
            if (!stored)
                wrong(name + " was acknowledged as " + id.text() + " and is lost");
            else if (stored->message.body.reveal() != message_of(sender.patient, number))
                wrong(name + " is not stored as it was sent");
        }
    }
}

/// No lost and no doubled effect, no reordered lane.
void Simulation::check_effects() {
    for (const auto& sender : senders_)
        for (const auto& [number, id] : sender.acknowledged) check_message(sender, number, id);
    for (const auto& [destination, effects] : Peers::instance().effects) {
        std::map<std::string, std::string> newest;
        std::set<std::string> known;
        for (const auto& effect : effects) {
            ++figures_.effects;
            if (!known.insert(effect.obligation).second) {
                ++figures_.repeated;
                continue;
            }
            // Ids rise: a lane is in their order.
            auto& last = newest[effect.patient];
            if (effect.obligation < last)
                wrong("at " + destination + " " + control_id(effect.patient, effect.number) +
                      " came after a later one");
            last = std::max(last, effect.obligation);
        }
    }
}

void Simulation::check_message(const Sender& sender, std::uint64_t number, Id message) {
    const auto name = control_id(sender.patient, number);
    const auto& touched = touched_[message];
    const auto owed = engine_->store().obligations_of(message);
    if (!owed) return wrong(name + ": what it owes is lost");
    for (const auto& [destination, most] : std::map<std::string, int>{{"knows", 0}, {"forgets", touched.releases}}) {
        int obligations = 0, replayed = 0;
        for (const auto& one : *owed) {
            if (one.destination != destination) continue;
            ++obligations;
            int times = 0;
            for (const auto& effect : Peers::instance().effects[destination])
                if (effect.obligation == one.id.text()) ++times;
            if (one.state == State::delivered && times == 0)
                wrong(name + " is said to be delivered to " + destination + ", which never had it");
            const bool is_replayed = one.state == State::filtered && one.rule == "replayed";
            if (is_replayed) ++replayed;
            if (one.state == State::filtered && (is_replayed ? touched.replays : touched.cancels) == 0)
                wrong(name + " is filtered for " + destination + " and nobody did it");
            // One that recognises ids takes it once, however often it comes; another must not get it again unasked.
            if (destination == "forgets" && times > 1 + most)
                wrong(name + " came to " + destination + " " + std::to_string(times) + " times");
        }
        if (obligations == 0 && touched.cancels == 0) wrong(name + " was never owed to " + destination);
        if (obligations > 0 && obligations == replayed && touched.cancels == 0)
            wrong(name + " was replayed and is not owed to " + destination + " any more");
        if (obligations > 1 + touched.replays)
            wrong(name + " is owed " + std::to_string(obligations) + " times to " + destination);
    }
    const auto found = engine_->store().find({"control-id", name}, 100);
    int accepted = 0;
    for (const auto& one : found.value())
        if (one.disposition == Disposition::accepted) ++accepted;
    if (accepted != 1) wrong(name + " is accepted " + std::to_string(accepted) + " times");
}

/// obligations = delivered + filtered + held + queued, counted one by one and by the ledger.
void Simulation::check_balance() {
    std::map<State, std::int64_t> counted, told;
    std::int64_t accepted = 0;
    for (const auto& sender : senders_) {
        for (const auto& [number, id] : sender.acknowledged) {
            ++accepted;
            const auto owed = engine_->store().obligations_of(id);
            for (const auto& one : owed.value()) ++counted[one.state];
        }
    }
    const auto balance = engine_->store().balance();
    for (const auto& row : balance.value().rows)
        for (const auto& [state, count] : row.by_state)
            if (count != 0) told[state] += count;
    if (counted != told) wrong("the balance is not what the obligations are, one by one");
    const auto intake = balance->intake.find("in");
    const auto said = intake == balance->intake.end() ? 0 : intake->second.at(Disposition::accepted);
    if (said != accepted)
        wrong(std::to_string(said) + " are accepted, and " + std::to_string(accepted) + " were acknowledged");
    const auto chain = engine_->store().verify_events();
    if (!chain) wrong("the chain of events is broken: " + to_string(chain.error()));
}

}  // namespace causeway::sim
