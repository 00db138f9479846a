#pragma once
/// Lists of the management API, and their lines.

#include <string>
#include <vector>

#include "api/json_object.hpp"
#include "api/view.hpp"
#include "model/event.hpp"
#include "store/message_store.hpp"

namespace causeway::api {

/// For columns of text: filled with spaces, at least one; "14m", "26h", "3d".
std::string padded(std::string_view text, std::size_t width);
std::string short_age(Instant since, Instant now);

void write(JsonText& json, const Obligation& obligation);
void write(JsonText& json, const Event& event);
void write(JsonText& json, const PathwayClock& clock);
void write(JsonText& json, const MessageSummary& message);
/// When and how long, never what it says.
void write(JsonText& json, const StoredAnswer& answer);

std::string line_of(const Obligation& obligation);
std::string line_of(const Event& event);
std::string line_of(const PathwayClock& clock);
std::string line_of(const MessageSummary& message);
std::string line_of(const StoredAnswer& answer);

View render(const std::vector<MessageSummary>& found);
/// What waits, why, since when.
View render(const std::vector<Waiting>& waiting, Instant now);
/// `next` is where the following page begins.
View render(const std::vector<Event>& events, std::int64_t next);
View render(const std::vector<Obligation>& changed);
/// Counts by channel and destination, and whether they balance.
View render(const Balance& balance);

}  // namespace causeway::api
