#include <algorithm>

#include "store/record/words.hpp"
#include "store/sqlite/block_set.hpp"
#include "store/sqlite/upkeep.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::int64_t kBlocksBetween = 64;
constexpr std::size_t kNamedFaults = 1'000;

/// Reads every body and answer and compares it with the SHA-256 in its event.
class BodyCheck {
public:
    /// Bytes that are not there.
    struct Missing {
        Id message;
        std::int64_t sequence = 0, block = 0;
    };

    explicit BodyCheck(Reader& reader)
        : reader_(reader), blocks_(reader.db, reader.shared.sealer, cache_, reader.shared.recent) {}

    void run(const Tell& tell) {
        const std::int64_t newest = reader_.shared.recent.last().number;
        for (auto header = blocks_.from(1); header; header = blocks_.from(header->number + 1)) {
            // What is newer than this check is read for what a purge beside it names.
            const double part =
                static_cast<double>(header->number) / static_cast<double>(std::max(newest, std::int64_t{1}));
            if (header->number % kBlocksBetween == 0 && told_to_stop(tell, std::min(part, 1.0)))
                throw LedgerError(
                    fail(Issue::processing, "ledger", "The check was stopped; start it again.", Retry::later));
            check(*header, header->number <= newest);
        }
    }

    const std::vector<Missing>& missing() const noexcept { return missing_; }

    /// `owing`: messages that owe something, sorted.
    BodyReport finish(const std::vector<std::int64_t>& owing) {
        for (const Missing& one : missing_) {
            const bool owes = std::binary_search(owing.begin(), owing.end(), one.message.value);
            if (!owes && removed_.bodies.contains(one.block))
                ++report_.removed;
            else
                fault(one.message, one.sequence,
                      owes ? "The bytes are missing, and something is still owed for it."
                           : "The bytes are missing, and no retention has removed them.");
        }
        return std::move(report_);
    }

private:
    void check(const block::Header& header, bool compares) {
        try {
            blocks_.pass(header, [&](const record::RecordView& view) {
                look(header, view, compares);
                return true;
            });
        } catch (const LedgerError& error) {
            if (error.error().issue == Issue::login) throw;  // Damaged events are the chain's.
        }
    }

    void look(const block::Header& header, const record::RecordView& view, bool compares) {
        static const std::uint8_t removed = record::number_of_kind(kRemovedEvent);
        const bool has_body = compares && (view.parts & record::kBody) != 0;
        if (view.kind != removed && !has_body) return;
        const auto stored = take(record::decode(view));
        if (view.kind == removed) return removed_.add(RemovedBlocks::parse(stored.record.event.detail));
        if (stored.body && stored.body->size > 0) compare(header, view, *stored.body);
    }

    void compare(const block::Header& header, const record::RecordView& view, const record::BodyPlace& place) {
        const auto body = read(header, view.sequence, place);
        if (body && body->empty()) return missing_.push_back({view.message, view.sequence, header.number});
        if (!body || sha256(body->reveal()) != place.sha256)
            return fault(view.message, view.sequence, "The bytes are damaged: they are not those that were stored.");
        ++report_.bodies;
        report_.bytes += body->size();
    }

    std::optional<Payload> read(const block::Header& header, std::int64_t sequence, const record::BodyPlace& place) {
        try {
            return blocks_.body(header, sequence, place);
        } catch (const LedgerError& error) {
            if (error.error().issue == Issue::login) throw;
            return std::nullopt;
        }
    }

    void fault(Id message, std::int64_t sequence, std::string what) {
        ++report_.fault_count;
        if (report_.faults.size() < kNamedFaults) report_.faults.push_back({message, sequence, std::move(what)});
    }

    Reader& reader_;
    block::ChunkCache cache_{4u << 20};  // Of its own, so that what the traffic needs stays in the other.
    Blocks blocks_;
    RemovedBlocks removed_;
    std::vector<Missing> missing_;
    BodyReport report_;
};

}  // namespace

Result<BodyReport> SqliteLedger::verify_bodies(const Tell& tell) const {
    return read<BodyReport>([&](Reader& reader) -> Result<BodyReport> {
        BodyCheck check(reader);
        check.run(tell);
        if (check.missing().empty()) return check.finish({});
        const auto owed = owing();
        if (!owed) return owed.error();
        return check.finish(*owed);
    });
}

}  // namespace causeway::sqlite
