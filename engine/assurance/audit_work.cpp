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
        const auto report = place_.store.verify_chain(anchor_, [&progress](double part) {
            progress.set(part);
            return !progress.cancelled();
        });
        if (!report) return report.error();
        const std::lock_guard lock(mutex_);
        page_ = audit_page(*report, anchor_.has_value());
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

Page audit_page(const ChainReport& report, bool anchored) {
    JsonText json;
    std::string text = std::to_string(report.events) + " events, " +
                       (report.faults.empty() ? "the chain is whole" : "THE CHAIN IS BROKEN") +
                       (anchored && report.faults.empty() ? ", and it contains the anchor.\n" : ".\n");
    json.object([&] {
        json.add("sound", report.faults.empty()).add("events", report.events);
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
