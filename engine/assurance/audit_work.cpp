#include <charconv>
#include <mutex>

#include "assurance/work.hpp"
#include "core/digest.hpp"
#include "core/json_object.hpp"

namespace causeway::assurance {
namespace {

class AuditWork final : public Work {
public:
    AuditWork(Place place, std::optional<ChainHead> anchor) : place_(std::move(place)), anchor_(anchor) {}

    Result<void> run(Progress& progress) override {
        const auto tell = [&progress](double from) -> Tell {
            return [&progress, from](double part) {
                progress.set(from + part / 2);
                return !progress.cancelled();
            };
        };
        const auto report = place_.store.verify_chain(anchor_, tell(0));
        if (!report) return report.error();
        const auto bodies = place_.store.verify_bodies(tell(0.5));
        if (!bodies) return bodies.error();
        const std::lock_guard lock(mutex_);
        page_ = audit_page(*report, anchor_.has_value(), &*bodies);
        return {};
    }

    Page page(std::size_t) const override {
        const std::lock_guard lock(mutex_);
        return page_;
    }

private:
    const Place place_;
    const std::optional<ChainHead> anchor_;
    mutable std::mutex mutex_;
    Page page_;
};

}  // namespace

namespace {

std::string text_of(const RemovedEvents& removed) {
    if (removed.commits == 0) return {};
    return "  Retention has removed " + std::to_string(removed.events) + " of these events, in " +
           std::to_string(removed.commits) + " commits, from " + to_fhir_instant(removed.from) + " to " +
           to_fhir_instant(removed.until) + ".\n";
}

std::string text_of(const BodyReport& bodies) {
    std::string text = "  " + std::to_string(bodies.bodies) + " messages and answers are as they were stored";
    if (bodies.removed > 0) text += ", " + std::to_string(bodies.removed) + " were removed by retention";
    text += bodies.fault_count > 0 ? ", " + std::to_string(bodies.fault_count) + " ARE DAMAGED.\n" : ".\n";
    for (const auto& fault : bodies.faults) text += "  message " + fault.message.text() + ": " + fault.what + '\n';
    return text;
}

void write_bodies(JsonText& json, const BodyReport& bodies) {
    json.object("bodies", [&] {
        json.add("as_stored", bodies.bodies).add("removed", bodies.removed).add("damaged", bodies.fault_count);
        json.array("faults", [&] {
            for (const auto& fault : bodies.faults)
                json.object([&] {
                    json.add("message", fault.message.text()).add("sequence", fault.sequence).add("what", fault.what);
                });
        });
    });
}

}  // namespace

Page audit_page(const ChainReport& report, bool anchored, const BodyReport* bodies) {
    JsonText json;
    const bool sound = report.faults.empty() && (bodies == nullptr || bodies->fault_count == 0);
    std::string text = std::to_string(report.events) + " events, " +
                       (report.faults.empty() ? "the chain is whole" : "THE CHAIN IS BROKEN") +
                       (anchored && report.faults.empty() ? ", and it contains the anchor.\n" : ".\n");
    json.object([&] {
        json.add("sound", sound).add("events", report.events);
        json.object("removed_by_retention",
                    [&] { json.add("commits", report.removed.commits).add("events", report.removed.events); });
        if (bodies != nullptr) write_bodies(json, *bodies);
        json.object("head", [&] {
            json.add("sequence", report.head.sequence)
                .add("hash", to_hex(as_view(report.head.hash)))
                .add("at", to_fhir_instant(report.head.at));
        });
        json.array("faults", [&] {
            for (const auto& fault : report.faults) {
                json.object([&] { json.add("sequence", fault.sequence).add("what", fault.what); });
                text += "  at event " + std::to_string(fault.sequence) + ": " + fault.what + '\n';
            }
        });
    });
    text += text_of(report.removed);
    if (bodies != nullptr) text += text_of(*bodies);
    text += "  head: event " + std::to_string(report.head.sequence) + ", " + to_hex(as_view(report.head.hash)) + '\n';
    return {json.text(), std::move(text)};
}

Result<std::optional<ChainHead>> anchor_of(const std::string& sequence, const std::string& hash) {
    if (sequence.empty() && hash.empty()) return std::optional<ChainHead>();
    ChainHead head;
    const auto* const end = sequence.data() + sequence.size();
    const bool whole = std::from_chars(sequence.data(), end, head.sequence).ptr == end && !sequence.empty();
    if (!whole || !hash_from_hex(hash, head.hash))
        return fail(Issue::value, "anchor",
                    "Give the sequence and the hash (64 hexadecimal digits) of a chain's head.");
    return std::optional(head);
}

std::unique_ptr<Work> make_audit(Place place, std::optional<ChainHead> anchor) {
    return std::make_unique<AuditWork>(std::move(place), anchor);
}

}  // namespace causeway::assurance
