#pragma once
/// An event with all that it changed, as bytes. The format is described in engine/store/README.md.

#include <optional>

#include "store/message_store.hpp"
#include "store/record/wire.hpp"

namespace causeway::record {

/// What an obligation takes over from its message, so that a list of what waits need not read it.
struct Origin {
    std::string channel, message_type;
    Instant received_at;
};

/// Where bytes that are too long for a record are, and what they must be.
struct BodyPlace {
    std::uint32_t chunk = 0;  ///< Of the block; a long body goes on in the next ones.
    std::uint64_t size = 0;
    Sha256 sha256{};
};

/// First half of the SHA-256 of a duplicate key.
using DuplicateDigest = std::array<char, 16>;

/// Everything that a record holds.
struct StoredRecord {
    LedgerRecord record;
    Origin origin;  ///< Where record.created is there.
    std::optional<DuplicateDigest> duplicate;
    std::optional<BodyPlace> body;  ///< Of the message (intake) or of the answer.
};

/// Which parts a record has.
constexpr unsigned kObligation = 1 << 0;
constexpr unsigned kActor = 1 << 1;  ///< Other than "engine".
constexpr unsigned kDetail = 1 << 2;
constexpr unsigned kBody = 1 << 3;
constexpr unsigned kIntake = 1 << 4;
constexpr unsigned kCreated = 1 << 5;
constexpr unsigned kChange = 1 << 6;
constexpr unsigned kClock = 1 << 7;
constexpr unsigned kKeys = 1 << 8;
constexpr unsigned kNote = 1 << 9;

/// What goes into a record beside its event; null: nothing.
struct Parts {
    const Obligation* created = nullptr;
    const Origin* origin = nullptr;  ///< With `created`, unless the record has an intake.
    const ObligationChange* change = nullptr;
    const PathwayClock* clock = nullptr;
    const std::vector<Key>* keys = nullptr;
    const Note* note = nullptr;
    const BodyPlace* body = nullptr;  ///< An answer.
};

/// Appends the record of `event`, whose sequence stands.
void put_record(std::string& out, const Event& event, const Parts& parts);

/// What can be written of an intake before it is known which id and sequence it gets.
struct PreparedIntake {
    unsigned parts = 0;
    std::string bytes;
};

struct IntakeParts {
    const Message* message = nullptr;
    Disposition disposition = Disposition::accepted;
    int http_status = 200;
    std::string_view outcome_json;
    const DuplicateDigest* duplicate = nullptr;
    const std::string* lane = nullptr;  ///< Accepted only: of the obligation "process", which is created with it.
};

PreparedIntake prepare_intake(const IntakeParts& intake);
/// `body_chunk`: see BodyPlace.
void put_record(std::string& out, const Event& event, std::uint32_t body_chunk, const PreparedIntake& intake);

/// A record of which nothing but its place and its message has been looked at.
struct RecordView {
    std::int64_t sequence = 0;
    unsigned parts = 0;
    std::uint8_t kind = 0;  ///< See words.hpp.
    Id message;
    std::string_view bytes;  ///< All of it.
};

/// The records of bytes that follow each other.
class RecordScan {
public:
    RecordScan(std::string_view bytes, std::int64_t first_sequence) : rest_(bytes), sequence_(first_sequence) {}
    /// None at the end, or where what follows cannot be a record (then damaged() is true).
    std::optional<RecordView> next();
    bool damaged() const noexcept { return damaged_; }

private:
    std::string_view rest_;
    std::int64_t sequence_;
    bool damaged_ = false;
};

/// Is the check value the one of these bytes at this sequence?
bool is_intact(const RecordView& view);

/// Issue::invariant where the bytes are not a record of this sequence, Issue::not_supported for a newer format.
Result<StoredRecord> decode(const RecordView& view);

/// An open obligation by itself, for the table of what is open, and back.
std::string encode_owed(const Obligation& obligation, const Origin& origin);
struct OwedRecord {
    Obligation obligation;
    Origin origin;
};
Result<OwedRecord> decode_owed(std::string_view bytes);

/// A running clock by itself, and back.
std::string encode_clock(const PathwayClock& clock);
Result<PathwayClock> decode_clock(std::string_view bytes);

}  // namespace causeway::record
