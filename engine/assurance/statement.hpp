#pragma once
/// A signed statement of what a day's reconciliation found, which anybody can check anywhere.
///
/// The file is one JSON object: {"statement": {...}, "signature": {"algorithm": "Ed25519", "key_id": "...",
/// "public_key": PEM, "value": base64}}. What is signed is the canonical text of "statement": members sorted by name,
/// no white space (RFC 8785 for objects of text, whole numbers, booleans, lists and objects), so that a file may be
/// indented anew and still verifies.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "assurance/report.hpp"
#include "assurance/signer.hpp"
#include "store/message_store.hpp"

namespace causeway::assurance {

/// All that a statement says.
struct StatementContent {
    const DayReport& report;
    const ChainReport& chain;                 ///< Of the whole log, checked when the statement was made.
    ChainHead end_of_day;                     ///< The log's head when the day ended.
    std::string environment;                  ///< Name of the installation.
    std::string configuration;                ///< Hash.
    std::string previous_day, previous_hash;  ///< Of the newest statement before; empty where there is none.
};

/// The file's text.
Result<std::string> make_statement(const StatementContent& content, const Signer& signer);

/// What a verified statement says, as far as others need it.
struct Statement {
    std::string day, key_id, public_key;
    std::string hash;            ///< SHA-256 of the canonical text, hexadecimal: what the next statement names.
    std::string previous_hash;   ///< Empty where it is the first.
    ChainHead head, end_of_day;  ///< Anchors of the event log.
    bool sound = false;          ///< The day balances, and the log was whole.
};

/// Checks the signature. Without `key` the one inside the file counts: that proves that nothing was changed, not who
/// signed. Issue::invariant where the signature does not fit, Issue::structure where it is no statement.
Result<Statement> verify_statement(std::string_view file, const std::optional<PublicKey>& key);

/// {"sequence": 1, "hash": hexadecimal, "at": instant}, and back.
std::string to_json(const ChainHead& head);
std::optional<ChainHead> head_from_json(std::string_view json);

/// Members sorted, without white space. Numbers with a fraction are an Error.
Result<std::string> canonical_json(std::string_view json);

/// False where these are not 64 hexadecimal digits.
bool hash_from_hex(std::string_view hex, Sha256& hash);

/// The statements of an installation: `folder`/2026-11-21.json, then 2026-11-21.2.json; none is ever written over.
class StatementFolder {
public:
    explicit StatementFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Where the key pair is.
    const std::filesystem::path& path() const noexcept { return folder_; }
    /// The newest by time of writing; nothing where there is none.
    std::optional<Statement> newest() const;
    /// Writes it durably and gives its path.
    Result<std::filesystem::path> add(const std::string& day, std::string_view text) const;
    std::optional<std::filesystem::path> find(const std::string& day) const;

private:
    std::filesystem::path folder_;
};

}  // namespace causeway::assurance
