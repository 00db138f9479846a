#pragma once
/// Events of a ledger, written by hand.

#include <string>
#include <vector>

#include "store/message_store.hpp"

namespace causeway::test {

inline Instant at(const std::string& text) {
    return parse_fhir_instant(text).value();
}

/// The day of the tests is Saturday 2026-11-21; London is at UTC then.
inline const Instant kDayBegin = at("2026-11-21T00:00:00Z"), kDayEnd = at("2026-11-22T00:00:00Z");

/// Writes events in order; ids are 1, 2, 3 ... unless said otherwise.
class Book {
public:
    std::vector<LedgerRecord> records;
    Instant now = at("2026-11-21T09:00:00Z");

    LedgerRecord& put(std::string kind, Id message, Id obligation = {}) {
        LedgerRecord record;
        record.event.sequence = static_cast<std::int64_t>(records.size()) + 1;
        record.event.at = now;
        record.event.kind = std::move(kind);
        record.event.message = message;
        record.event.obligation = obligation;
        return records.emplace_back(std::move(record));
    }

    Id intake(Disposition disposition, const std::string& channel, const std::string& control_id = {},
              const std::vector<Key>& keys = {}, const std::string& type = "MDM^T02") {
        const Id id{++last_};
        auto& record =
            put("message." + std::string(to_code(disposition)), id, disposition == Disposition::accepted ? id : Id{});
        record.intake.emplace();
        record.intake->disposition = disposition;
        auto& message = record.intake->message;
        message.id = id;
        message.channel = channel;
        message.sender = "PAS|RX999";
        message.message_type = type;
        message.message_control_id = control_id;
        message.received_at = now;
        message.keys = keys;
        if (!control_id.empty()) message.keys.push_back({"control-id", control_id});
        return id;
    }
    Id accept(const std::string& channel, const std::string& control_id = {}, const std::vector<Key>& keys = {},
              const std::string& type = "MDM^T02") {
        return intake(Disposition::accepted, channel, control_id, keys, type);
    }

    Id owe(Id message, const std::string& destination, State state = State::queued, Duty duty = Duty::deliver) {
        const Id id{++last_};
        auto& record = put("obligation.created", message, id);
        record.created.emplace();
        record.created->id = id;
        record.created->message = message;
        record.created->duty = duty;
        record.created->state = state;
        record.created->destination = destination;
        return id;
    }
    void move(Id message, Id obligation, State state, const std::string& owner = {}, const std::string& rule = {}) {
        auto& record = put("moved", message, obligation);
        record.change.emplace();
        record.change->state = state;
        record.change->owner = owner;
        record.change->rule = rule;
    }
    /// Accepted, routed to one destination, delivered.
    Id deliver(const std::string& channel, const std::string& destination, const std::string& control_id = {}) {
        const auto message = accept(channel, control_id);
        move(message, message, State::delivered);
        const auto owed = owe(message, destination);
        move(message, owed, State::in_flight);
        move(message, owed, State::delivered);
        return message;
    }

    template <class Fold>
    void tell(Fold& fold) const {
        for (const auto& record : records) fold.add(record);
    }

private:
    std::int64_t last_ = 0;
};

}  // namespace causeway::test
