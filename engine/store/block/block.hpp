#pragma once
/// A commit group as one block: a header, the events, and the bodies apart. The format is described in
/// engine/store/README.md.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/record/record.hpp"

namespace causeway::block {

/// What is known of a block without opening it; never purged, so that the chain stays whole.
struct Header {
    std::int64_t number = 0;  ///< From 1, without gaps.
    std::int64_t first_sequence = 1;
    std::int64_t events = 0;
    Instant first_at;      ///< Least time of its events.
    Instant last_at;       ///< Greatest time of an event up to here.
    Instant committed_at;  ///< Never less than that of the block before.
    Id last_message;       ///< Greatest id of a message up to here.
    Id greatest_id;        ///< Greatest id of anything up to here.
    std::uint32_t event_chunks = 0, body_chunks = 0;
    Sha256 digest{};  ///< SHA-256 over the SHA-256 of each chunk of events.
    Sha256 hash{};    ///< Of this header and the hash before.

    std::int64_t last_sequence() const noexcept { return first_sequence + events - 1; }
};

/// The hash that binds the header to the one before: SHA-256 over `before` and every field, hash left out.
Sha256 link(const Sha256& before, const Header& header);

/// Sealed pieces of a block, by what is in them.
enum class Kind : std::uint8_t { events = 1, bodies = 2 };

using Bytes = std::shared_ptr<const std::string>;

/// Records of a chunk of events of the block that begins at `first_sequence`.
Result<record::RecordScan> scan_events(std::string_view chunk, std::int64_t first_sequence);

/// What the chunk of bodies has of the body that belongs to the record with this number in the block; nothing where it
/// was purged. Issue::invariant where the bytes are no chunk.
Result<std::optional<std::string_view>> body_in(std::string_view chunk, std::uint32_t record);

/// Visits the bodies of a chunk in their order.
Result<void> each_body(std::string_view chunk,
                       const std::function<void(std::uint32_t record, std::string_view bytes)>& visit);

/// The chunk with those bodies only that are to be kept; nothing where none is.
Result<std::optional<std::string>> keep_bodies(std::string_view chunk,
                                               const std::function<bool(std::uint32_t record)>& keep);

/// A chunk of bodies that is being filled.
class BodyChunk {
public:
    void add(std::uint32_t record, std::string_view bytes);
    std::size_t size() const noexcept { return bytes_.size(); }
    bool empty() const noexcept { return entries_ == 0; }
    /// The chunk; this one is empty afterwards.
    std::string finish();

private:
    std::string bytes_, directory_;
    std::uint32_t entries_ = 0;
};

/// Takes full chunks. It may throw; the builder is then good for reset() only.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void put(Kind kind, std::int64_t block, std::uint32_t chunk, std::string_view plain) = 0;
};

/// Builds a block while its group runs. Threads: the writer's.
class Builder {
public:
    explicit Builder(Sink& sink) : sink_(sink) {}

    /// Begins the block after the one that `last` describes.
    void begin(const Header& last);
    bool empty() const noexcept { return header_.events == 0; }
    std::int64_t number() const noexcept { return header_.number; }
    const Header& header() const noexcept { return header_; }

    /// Gives the event its sequence. The answer, if there is one, is kept with it.
    std::int64_t append(Event& event, record::Parts parts, const Payload& answer = {});
    std::int64_t append(Event& event, const record::PreparedIntake& intake, const Payload& body);
    /// An id that is used from here on.
    void used(Id id);

    /// Puts what is left into the sink, and gives the header without its hash.
    Header finish(Instant now);
    /// Visits the records of the unfinished block.
    void visit(const std::function<void(const record::RecordView&)>& visit) const;
    /// Chunks of events, and those of bodies that are not long ones, for a cache; after finish().
    const std::vector<Bytes>& event_chunks() const noexcept { return events_; }
    const std::vector<std::pair<std::uint32_t, Bytes>>& body_chunks() const noexcept { return bodies_; }

private:
    std::uint32_t put_body(std::string_view bytes);
    void put_long_body(std::string_view bytes);
    void close_bodies();
    void close_events();
    /// Where the next record goes.
    std::string& room();
    std::int64_t appended(const Event& event);

    Sink& sink_;
    Header header_;
    std::string open_;  ///< Events that are not in a full chunk yet; its room is used again and again.
    BodyChunk open_bodies_;
    std::string digests_;
    std::vector<Bytes> events_;
    std::vector<std::pair<std::uint32_t, Bytes>> bodies_;
};

}  // namespace causeway::block
