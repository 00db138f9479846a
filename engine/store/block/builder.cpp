#include <algorithm>

#include "store/block/block.hpp"
#include "store/record/wire.hpp"

namespace causeway::block {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kFullChunk = 32u << 10;
/// A body from this size on has chunks of its own, each of at most kLongPart.
constexpr std::size_t kLongBody = 256u << 10;
constexpr std::size_t kLongPart = 1u << 20;

}  // namespace

void Builder::begin(const Header& last) {
    header_ = {};
    header_.number = last.number + 1;
    header_.first_sequence = last.last_sequence() + 1;
    header_.first_at = Instant::max();
    header_.last_at = last.last_at;
    header_.committed_at = last.committed_at;
    header_.last_message = last.last_message;
    header_.greatest_id = last.greatest_id;
    open_.clear();
    open_bodies_ = {};
    digests_.clear();
    events_.clear();
    bodies_.clear();
}

std::int64_t Builder::append(Event& event, record::Parts parts, const Payload& answer) {
    event.sequence = header_.first_sequence + header_.events;
    record::BodyPlace place;
    if (!answer.empty()) {
        place = {put_body(answer.reveal()), answer.size(), sha256(answer.reveal())};
        parts.body = &place;
    }
    record::put_record(room(), event, parts);
    return appended(event);
}

std::int64_t Builder::append(Event& event, const record::PreparedIntake& intake, const Payload& body) {
    event.sequence = header_.first_sequence + header_.events;
    const std::uint32_t chunk = put_body(body.reveal());
    record::put_record(room(), event, chunk, intake);
    header_.last_message = std::max(header_.last_message, event.message);
    used(event.message);
    return appended(event);
}

void Builder::used(Id id) {
    header_.greatest_id = std::max(header_.greatest_id, id);
}

Header Builder::finish(Instant now) {
    close_events();
    close_bodies();
    header_.committed_at = std::max(header_.committed_at, now);
    header_.digest = sha256(digests_);
    return header_;
}

void Builder::visit(const std::function<void(const record::RecordView&)>& visit) const {
    const auto all = [&](const std::string& chunk) {
        auto scan = scan_events(chunk, header_.first_sequence);
        while (scan)
            if (const auto view = scan->next())
                visit(*view);
            else
                return;
    };
    for (const auto& chunk : events_) all(*chunk);
    if (!open_.empty()) all(open_);
}

std::uint32_t Builder::put_body(std::string_view bytes) {
    if (bytes.size() >= kLongBody) {
        close_bodies();
        const std::uint32_t first = header_.body_chunks;
        put_long_body(bytes);
        return first;
    }
    if (open_bodies_.size() + bytes.size() > kFullChunk) close_bodies();
    open_bodies_.add(static_cast<std::uint32_t>(header_.events), bytes);
    return header_.body_chunks;
}

void Builder::put_long_body(std::string_view bytes) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kLongPart))) {
        BodyChunk part;
        part.add(static_cast<std::uint32_t>(header_.events), bytes.substr(0, kLongPart));
        sink_.put(Kind::bodies, header_.number, header_.body_chunks++, part.finish());
    }
}

void Builder::close_bodies() {
    if (open_bodies_.empty()) return;
    const auto plain = std::make_shared<const std::string>(open_bodies_.finish());
    sink_.put(Kind::bodies, header_.number, header_.body_chunks, *plain);
    bodies_.emplace_back(header_.body_chunks++, plain);
}

void Builder::close_events() {
    if (open_.empty()) return;
    sink_.put(Kind::events, header_.number, header_.event_chunks++, open_);
    digests_.append(as_view(sha256(open_)));
    events_.push_back(std::make_shared<const std::string>(open_));
    open_.clear();
}

std::string& Builder::room() {
    if (open_.size() >= kFullChunk) close_events();
    if (open_.empty()) {
        record::put_byte(open_, kVersion);
        record::put_fixed(open_, static_cast<std::uint32_t>(header_.events));
    }
    return open_;
}

std::int64_t Builder::appended(const Event& event) {
    ++header_.events;
    header_.first_at = std::min(header_.first_at, event.at);
    header_.last_at = std::max(header_.last_at, event.at);
    return event.sequence;
}

}  // namespace causeway::block
