#pragma once
/// The pieces of long work that operators, and the clock, ask for.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "assurance/job.hpp"
#include "assurance/reconcile.hpp"
#include "assurance/statement.hpp"

namespace causeway::assurance {

/// Where work looks. The references outlive it.
struct Place {
    const MessageStore& store;
    const Clock& clock;
    pipeline::ConfigurationPtr configuration;
};

/// Where the signing key and the statements of an installation are.
std::filesystem::path statements_folder(const pipeline::Configuration& configuration);

/// Its page is the report; JSON member "clean".
std::unique_ptr<Work> make_reconciliation(Place place, Day day, ReconcileOptions options);

/// Notes of where the event chain stood when a day ended: "chain/2026-11-21".
inline constexpr std::string_view kEndOfDayNote = "chain/";

/// A statement that was made and kept.
struct MadeStatement {
    std::filesystem::path file;
    std::string text;    ///< The file's.
    std::string key_id;  ///< Of the public key, which is in the file.
    bool sound = false;
    DayReport report;
};

/// Reconciles, checks the chain, signs, and keeps the statement in statements_folder().
Result<MadeStatement> prove(const Place& place, const Day& day, Progress& progress);
/// Its page: {"file": ..., "key_id": ..., "sound": true, "statement": the whole file}.
std::unique_ptr<Work> make_proof(Place place, Day day);

/// Checks the event chain, that it still contains `anchor`, and the bytes of messages and answers. Its page: {"sound":
/// ..., "events": ..., "removed_by_retention": ..., "bodies": ..., "faults": [...]}; without bodies where these were
/// not looked at.
Page audit_page(const ChainReport& report, bool anchored, const BodyReport* bodies = nullptr);
std::unique_ptr<Work> make_audit(Place place, std::optional<ChainHead> anchor);

/// What to look for in the bodies of accepted messages.
struct TextQuestion {
    std::string text;     ///< UTF-8; capitals and small letters of ASCII are alike.
    std::string channel;  ///< Empty: all.
    Instant from{}, until = Instant::max();
};

/// Its page lists messages so far: {"searched": ..., "next": ..., "hits": [...]}. It ends at kMostHits.
inline constexpr std::size_t kMostHits = 10'000;
std::unique_ptr<Work> make_text_search(Place place, TextQuestion question);

/// Reads what a caller gave: times as 2026-11-21 (a day of `zone`; `until` includes it) or 2026-11-21T12:00:00Z, or
/// empty.
Result<TextQuestion> question_of(std::string text, std::string channel, const std::string& from,
                                 const std::string& until, Zone zone);
/// Nothing where both are empty; `hash` in hexadecimal.
Result<std::optional<ChainHead>> anchor_of(const std::string& sequence, const std::string& hash);

/// Does `body` hold `text`, whatever the case of ASCII letters? Also where the body is in ISO 8859-1, and inside what
/// stands in it in base64 (letters in OBX-5, Binary.data): found in plain text, RTF, HTML and CDA, not in PDF.
class TextMatcher {
public:
    explicit TextMatcher(const std::string& text);
    bool matches(std::string_view body) const;

private:
    bool holds(std::string_view text) const;

    std::vector<std::string> needles_;  // Lower case; one an encoding.
};

}  // namespace causeway::assurance
