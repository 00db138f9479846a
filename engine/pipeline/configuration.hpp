#pragma once
/// An activated configuration: everything in conf/ and mappings/ read, checked, compiled and hashed.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "adapter.hpp"
#include "config/settings.hpp"
#include "directory/directory.hpp"
#include "fhirpath/expression.hpp"
#include "hl7v2/message.hpp"
#include "mapping/map.hpp"
#include "pathway/pathway.hpp"
#include "pipeline/alert_settings.hpp"
#include "pipeline/assurance_settings.hpp"
#include "pipeline/intake_gate.hpp"
#include "pipeline/validation_settings.hpp"
#include "route/route.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// What intake does where a rule can be strict or lenient.
enum class Strictness { refuse, warn };

/// How long messages are kept after all that they owe has ended. Zero: for ever.
struct Keep {
    Duration bodies{}, events{};
};

/// The ledger's duplicate keys are kept at least so long.
constexpr Duration kLeastEvents = std::chrono::hours(24 * 30);

/// What a channel does with MSH-13: the sequence number protocol (HL7 v2 chapter 2.10.1).
enum class Sequence {
    off,       ///< Nothing.
    optional,  ///< Messages that carry a number are taken in order.
    required   ///< Every message must carry one.
};

/// How the application acknowledgement of enhanced mode is sent as a message of its own.
struct DelayedAcknowledgement {
    std::string destination;
    bool after_delivery = true;  ///< Else as soon as it is known where the message goes.
    Duration within{};           ///< Then it says that the message is still waiting; zero: it waits as well.
};

/// Where messages come in: conf/channels/<name>.yaml.
struct Channel {
    std::string name;
    std::string place;  ///< file:line:column
    const AdapterSpec* adapter = nullptr;
    std::string
        fingerprint;  ///< Changes when its adapter must be made anew: its own settings, or a file that they name.
    config::Settings settings;         ///< The whole file: common fields and the adapter's.
    std::string insecure;              ///< The reason to listen beyond loopback without client check; else empty.
    std::vector<std::string> accepts;  ///< "ADT^A01", "MDM^T02", "Bundle/message"; empty: everything known.
    Strictness nhs_number = Strictness::refuse;  ///< A wrong check digit.
    bool nhs_number_required = false;
    Strictness conflict = Strictness::refuse;            ///< Same control id, other bytes.
    Strictness unknown_organisation = Strictness::warn;  ///< warn: accepted, held for its owner. refuse: AE 103 / 422.
    std::vector<std::string> processing_ids;             ///< MSH-11 that are taken; default "P".
    hl7v2::ParseOptions v2;                              ///< How its HL7 v2 is read.
    Sequence sequence = Sequence::off;
    std::optional<DelayedAcknowledgement> acknowledges_later;
    std::string owner;                                 ///< Who acts when no route takes a message.
    std::set<std::string, std::less<>> feeds;          ///< Senders that are each watched for silence.
    std::map<std::string, fhirpath::Expression> keys;  ///< Search keys beyond the standard ones: kind → expression.
    Keep keep;                                         ///< What it says, else what the engine says.
    std::optional<Census> census;                      ///< What its source says it sent.
    Validation validation;                             ///< Of its FHIR messages.
};

struct RetryPolicy {
    Duration first{};    ///< Before the second attempt; doubles from there.
    Duration most{};     ///< Longest pause.
    Duration give_up{};  ///< Held after this much time since the obligation was created.
};

/// Where messages go: conf/destinations/<name>.yaml.
struct Destination {
    std::string name;
    std::string place;
    std::string fingerprint;  ///< As of a channel.
    const AdapterSpec* adapter = nullptr;
    config::Settings settings;
    RetryPolicy retry;
    bool resend_unknown = false;  ///< Unknown outcome: send again under the same id (true) or hold (false).
    bool parks_held =
        false;  ///< on_held: "block" (what is held keeps its lane waiting) or "park" (later ones overtake).
    std::size_t concurrency = 1;  ///< Deliveries in flight at once, over all lanes.
    std::string owner;            ///< Who acts on what is held here.
};

/// conf/causeway.yaml.
struct EngineSettings {
    std::string environment;            ///< Name of this installation: "live", "test".
    std::filesystem::path mappings;     ///< Folder of the maps.
    std::filesystem::path definitions;  ///< Pack of the core FHIR definitions; empty: fhir::default_pack().
    std::filesystem::path profiles;     ///< Folder of FHIR packages that are loaded upon it.
    std::filesystem::path state;        ///< Folder of the ledger, the socket and activated configurations.
    std::size_t threads = 2;
    std::string ops_host;  ///< Health and metrics; empty: off.
    std::uint16_t ops_port = 0;
    std::string ops_insecure;  ///< The reason why it may listen beyond loopback; else empty.
    std::string base_url;      ///< How others reach the FHIR endpoint; for journey addresses. Empty: relative.
    Duration stop_within{};
    Duration upgrade_within{};
    std::uint64_t min_free_disk = 0;
    std::uint64_t max_ledger = 0;         ///< Bytes; 0: as much as the disk has.
    std::vector<std::string> encryption;  ///< Where the ledger's keys are, newest first: "file:/path" or "env:NAME".
    Keep keep;                            ///< For channels that say nothing.
    std::size_t body_memory = 0;          ///< Bytes for what is being read and not yet committed (net/body_budget.hpp).
    IntakeLimits intake;                  ///< Where intake slows down, and where it refuses.
    std::string log_level;
    config::Settings settings;
};

/// How its ledger is opened: file, limits and keys, which are read now. Issue::not_found, forbidden or invalid where a
/// key cannot be read.
Result<LedgerOptions> ledger_options(const EngineSettings& settings);

/// Immutable. Threads: any.
struct Configuration {
    std::string hash;
    std::string files;  ///< JSON object: file name to content, as the ledger keeps it.
    EngineSettings engine;
    AlertSettings alerts;
    fhir::DefinitionsPtr definitions;  ///< With the installed packages; null where there is no pack.
    /// By these definitions alone, without what a channel says: for expressions and $validate. Null with them.
    std::shared_ptr<const validation::Validator> validator;
    std::map<std::string, Channel, std::less<>> channels;
    std::map<std::string, Destination, std::less<>> destinations;
    route::Routes routes;
    std::map<std::string, pathway::Pathway, std::less<>> pathways;
    std::map<std::string, mapping::Map, std::less<>> maps;
    directory::Directory directory;
    std::vector<Expectation> expectations;

    /// Of every channel.
    std::vector<Retention> retention() const;
    ConfigRecord record(Instant activated_at) const { return {hash, activated_at, files}; }
};

using ConfigurationPtr = std::shared_ptr<const Configuration>;

/// Reads `folder` (causeway.yaml, channels/, destinations/, routes/, pathways/, directory/, expectations/) and the maps
/// that its routes name. Every mistake of every file is reported; null where one is an error. Files ending in
/// ".tests.yaml" are data tests.
ConfigurationPtr load_configuration(const std::filesystem::path& folder, std::span<const AdapterSpec* const> adapters,
                                    std::vector<config::Mistake>& mistakes);

/// Compiles what the ledger keeps of an earlier configuration, so that a message's route stays as it was when it was
/// accepted. Files are laid out below `scratch`; relative paths still start from `folder`.
Result<ConfigurationPtr> restore_configuration(const ConfigRecord& record, const std::filesystem::path& folder,
                                               const std::filesystem::path& scratch,
                                               std::span<const AdapterSpec* const> adapters);

/// Where the engine of this folder keeps its state, read without checking anything else: how commands find a running
/// one.
std::filesystem::path state_folder(const std::filesystem::path& folder);
/// Where its maps are, read in the same way.
std::filesystem::path mappings_folder(const std::filesystem::path& folder);

/// One part's JSON Schema ("causeway", "channel", "destination", "route", "pathway", "directory", "expectation"); empty
/// for another name.
std::string configuration_schema(std::string_view part, std::span<const AdapterSpec* const> adapters);
/// Names of the parts.
std::vector<std::string> configuration_parts();

}  // namespace causeway::pipeline
