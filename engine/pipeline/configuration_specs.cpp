#include "pipeline/configuration_specs.hpp"

#include "net/tls.hpp"
#include "pipeline/validation_settings.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
constexpr std::string_view kStrictness[] = {"refuse", "warn"};
constexpr std::string_view kSequence[] = {"off", "optional", "required"};
constexpr std::string_view kAcknowledgeAfter[] = {"delivered", "processed"};
constexpr std::string_view kUndecodable[] = {"refuse", "keep"};
constexpr std::string_view kUnknownOrganisation[] = {"hold", "refuse"};
constexpr std::string_view kOnHeld[] = {"block", "park"};
constexpr std::string_view kUnknownOutcome[] = {"hold", "resend"};
constexpr std::string_view kProcessingIds[] = {"P", "T", "D"};
constexpr std::string_view kEnvironments[] = {"live", "test", "development"};
constexpr std::string_view kOps[] = {"127.0.0.1:8090", "[::1]:8090", "off"};
constexpr std::string_view kBaseUrls[] = {"https://causeway.example.nhs.uk/fhir"};
constexpr std::string_view kAccepts[] = {"ADT^A01", "MDM^T02", "Bundle/message"};
constexpr std::string_view kCharsets[] = {"UTF-8", "ISO-8859-1"};

constexpr std::string_view kKeys[] = {"file:/etc/causeway/ledger.key", "env:CAUSEWAY_LEDGER_KEY"};

constexpr FieldSpec kRetention[] = {
    {.name = "bodies",
     .type = FieldType::duration,
     .doc =
         "How long the bytes of messages and answers are kept after all that they owe has ended; without it for ever.",
     .fallback = ""},
    {.name = "events",
     .type = FieldType::duration,
     .doc = "The same for what happened, with keys and duplicate keys; at least 30d.",
     .fallback = ""},
};

constexpr FieldSpec kLedger[] = {
    {.name = "encryption",
     .type = FieldType::list,
     .doc = "Where keys of 32 bytes (base64 or hexadecimal) are, newest first: the newest encrypts, all decrypt.",
     .fallback = "",
     .choices = kKeys,
     .item = FieldType::secret},
    {.name = "max_size",
     .type = FieldType::size,
     .doc = "Above this much used space in the ledger, new messages are refused; without it the disk is the limit.",
     .fallback = ""},
};
constexpr std::string_view kZones[] = {"Europe/London", "UTC"};
constexpr std::string_view kHours[] = {"03:00", "off"};
constexpr std::string_view kFeeds[] = {"PAS|RX999", "LAB|RX999"};
constexpr std::string_view kNumbering[] = {"auto", "control-id", "sequence", "off"};
constexpr std::string_view kListFormats[] = {"csv", "fhir"};
constexpr std::string_view kKeyKinds[] = {"control-id", "document", "ubrn"};
constexpr std::string_view kListFiles[] = {"/var/spool/census/letters-{day}.csv"};

constexpr FieldSpec kEngine[] = {
    {.name = "environment",
     .doc = "Name of this installation, shown by every start and page.",
     .fallback = "development",
     .choices = kEnvironments},
    {.name = "state",
     .type = FieldType::path,
     .doc = "Folder of the ledger, the management socket and earlier configurations.",
     .fallback = "../var"},
    {.name = "mappings",
     .type = FieldType::path,
     .doc = "Folder of the maps (*.map) with their tables.",
     .fallback = "../mappings"},
    {.name = "definitions",
     .doc = "Pack of the core FHIR definitions; without it that of CAUSEWAY_DEFINITIONS, or beside the program.",
     .fallback = ""},
    {.name = "profiles",
     .type = FieldType::path,
     .doc = "Folder of FHIR packages (UK Core, BaRS, ...) whose profiles channels may name.",
     .fallback = "../profiles"},
    {.name = "threads", .type = FieldType::integer, .doc = "Threads that work on messages, 1 to 256.", .fallback = "2"},
    {.name = "ops",
     .doc = "Address of health checks and metrics, or off.",
     .fallback = "127.0.0.1:8090",
     .choices = kOps},
    {.name = "ops_insecure",
     .doc = "Reason why \"ops\" may listen beyond loopback: it asks nobody who they are.",
     .fallback = ""},
    {.name = "base_url",
     .doc = "How others reach the FHIR endpoint, for addresses in answers; without it they are relative.",
     .fallback = "",
     .choices = kBaseUrls},
    {.name = "stop_within",
     .type = FieldType::duration,
     .doc = "Time that a stop gives to what is in flight.",
     .fallback = "10s"},
    {.name = "upgrade_within",
     .type = FieldType::duration,
     .doc = "Time that an upgrade gives to deliveries in flight, while messages are still taken.",
     .fallback = "30s"},
    {.name = "min_free_disk",
     .type = FieldType::size,
     .doc = "Below this much free space beside the ledger, new messages are refused.",
     .fallback = "256MB"},
    {.name = "ledger", .type = FieldType::object, .doc = "How the ledger is kept.", .fallback = "", .fields = kLedger},
    {.name = "retention",
     .type = FieldType::object,
     .doc = "How long messages are kept, for channels that say nothing else.",
     .fallback = "",
     .fields = kRetention},
    {.name = "zone",
     .type = FieldType::one_of,
     .doc = "Whose midnight ends a day of a reconciliation.",
     .fallback = "Europe/London",
     .choices = kZones},
    {.name = "holidays",
     .type = FieldType::list,
     .doc = "Days (2027-06-01) on which feeds are as quiet as on a Sunday, besides the bank holidays of England and "
            "Wales.",
     .fallback = ""},
    {.name = "reconcile_at",
     .doc = "Time of the day, in that zone, at which the day before is reconciled and its statement signed; or off.",
     .fallback = "03:00",
     .choices = kHours},
    {.name = "body_memory",
     .type = FieldType::size,
     .doc = "Memory for messages over 32 KB that are being read or wait for their commit, some four times their size; "
            "while it is used up, their senders wait. As much again for what is being delivered.",
     .fallback = "40MB"},
    {.name = "slow_intake_at",
     .type = FieldType::integer,
     .doc = "While so many messages wait to be processed, senders of routine ones wait for their answer.",
     .fallback = "20000"},
    {.name = "refuse_intake_at",
     .type = FieldType::integer,
     .doc = "While so much waits to be delivered (some 85 bytes of memory each), new messages are refused.",
     .fallback = "5000000"},
    {.name = "log_level",
     .type = FieldType::one_of,
     .doc = "Least level that is logged.",
     .fallback = "warning",
     .choices = kLevels},
};

const FieldSpec kConfirmed[] = {
    {.name = "file",
     .type = FieldType::path,
     .doc = "File of the list; {day} stands for 2026-11-21, {compact_day} for 20261121.",
     .fallback = "",
     .choices = kListFiles},
    {.name = "url", .doc = "Address that gives the list; {day} as above.", .fallback = ""},
    {.name = "command",
     .doc = "Shell command that prints the list, such as a database's client with a query; {day} as above.",
     .fallback = ""},
    {.name = "tls",
     .type = FieldType::object,
     .doc = "For https: whose server certificates are trusted, and our own towards the peer.",
     .fallback = "",
     .fields = net::tls_client_fields()},
    {.name = "format",
     .type = FieldType::one_of,
     .doc = "CSV with a line of headings, or FHIR JSON (a Bundle or a List).",
     .fallback = "csv",
     .choices = kListFormats},
    {.name = "column", .doc = "csv: heading of the column that holds the id; without it the first.", .fallback = ""},
    {.name = "id",
     .type = FieldType::expression,
     .doc = "fhir: where the ids stand; without it master identifiers and identifiers.",
     .fallback = ""},
};

const FieldSpec kCensus[] = {
    kConfirmed[0],
    kConfirmed[1],
    kConfirmed[2],
    kConfirmed[3],
    kConfirmed[4],
    kConfirmed[5],
    kConfirmed[6],
    {.name = "key", .doc = "Kind of key that the ids are.", .fallback = "control-id", .choices = kKeyKinds},
    {.name = "confirmed",
     .type = FieldType::object,
     .doc = "What receivers say they took: a list of the same ids.",
     .fallback = "",
     .fields = kConfirmed},
};

constexpr FieldSpec kDelayedAcknowledgement[] = {
    {.name = "destination", .doc = "Destination that reaches the sender: an mllp_sender to its second port, for one."},
    {.name = "after",
     .type = FieldType::one_of,
     .doc = "When it is known what became of the message: after all its destinations have it (or one refused it), or "
            "as soon as it is known where it goes.",
     .fallback = "delivered",
     .choices = kAcknowledgeAfter},
    {.name = "within",
     .type = FieldType::duration,
     .doc = "A message that still waits or is held after this time is answered AE, which says so; 0s: the sender waits "
            "as long as the message does.",
     .fallback = "1h"},
};

const FieldSpec kChannel[] = {
    {.name = "channel", .doc = "Name of the channel."},
    {.name = "type", .doc = "Adapter that takes the messages."},
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "insecure",
     .doc = "Reason why it may listen beyond loopback without client certificate or token; every start prints it.",
     .fallback = ""},
    {.name = "accepts",
     .type = FieldType::list,
     .doc = "Message types that it takes; without it every type that is known.",
     .fallback = "",
     .choices = kAccepts},
    {.name = "nhs_number",
     .type = FieldType::one_of,
     .doc = "What happens to an NHS number with a wrong check digit.",
     .fallback = "refuse",
     .choices = kStrictness},
    {.name = "nhs_number_required",
     .type = FieldType::boolean,
     .doc = "Must every message carry an NHS number?",
     .fallback = "false"},
    {.name = "conflict",
     .type = FieldType::one_of,
     .doc = "What happens to a known message control id with other bytes: some devices use their ids again.",
     .fallback = "refuse",
     .choices = kStrictness},
    {.name = "unknown_organisation",
     .type = FieldType::one_of,
     .doc = "What happens to an unknown or closed ODS code: accepted and held for its owner, or refused.",
     .fallback = "hold",
     .choices = kUnknownOrganisation},
    {.name = "processing_ids",
     .type = FieldType::list,
     .doc = "MSH-11 that it takes: P for live, T for training, D for debugging.",
     .fallback = "P",
     .choices = kProcessingIds,
     .item = FieldType::one_of},
    {.name = "charset",
     .doc = "Character set of its messages, whatever MSH-18 says.",
     .fallback = "",
     .choices = kCharsets},
    {.name = "undecodable",
     .type = FieldType::one_of,
     .doc = "What happens to HL7 v2 with bytes that are not in its character set: refused (AE 102), or taken with each "
            "such byte kept as an escape (\\XE9\\) and a warning. They are never guessed.",
     .fallback = "refuse",
     .choices = kUndecodable},
    {.name = "sequence",
     .type = FieldType::one_of,
     .doc = "The sequence number protocol of HL7 v2: messages whose MSH-13 is not the next number of their sender are "
            "refused (AR 207), and MSA-4 says which one is expected. optional: of messages that carry a number.",
     .fallback = "off",
     .choices = kSequence},
    {.name = "delayed_acknowledgement",
     .type = FieldType::object,
     .doc = "Enhanced mode: the application acknowledgement that MSH-16 asks for follows as a message of its own, when "
            "it is known what became of the message; the connection carries the accept acknowledgement only. Without "
            "it a sender that asks for both hears CA alone.",
     .fallback = "",
     .fields = kDelayedAcknowledgement},
    {.name = "owner", .doc = "Who acts when no route takes a message.", .fallback = "integration-team"},
    {.name = "keys",
     .type = FieldType::table,
     .doc = "Further keys by which messages can be found: kind and expression.",
     .fallback = "",
     .item = FieldType::expression},
    {.name = "retention",
     .type = FieldType::object,
     .doc = "How long its messages are kept.",
     .fallback = "",
     .fields = kRetention},
    {.name = "validate",
     .type = FieldType::object,
     .doc = "What FHIR messages must meet, and what follows where they do not.",
     .fallback = "",
     .fields = validation_fields()},
    {.name = "numbering",
     .type = FieldType::one_of,
     .doc = "Which number of its messages counts up, so that gaps are seen: the control id where it looks like a count "
            "(auto) or always, or the key \"sequence\" (MSH-13).",
     .fallback = "auto",
     .choices = kNumbering},
    {.name = "feeds",
     .type = FieldType::list,
     .doc = "Senders that share this channel, each watched for silence on its own: MSH-3|MSH-4, such as PAS|RX999, or "
            "the source endpoint of a FHIR message.",
     .fallback = "",
     .choices = kFeeds},
    {.name = "census",
     .type = FieldType::object,
     .doc = "Where the ids stand that the source authored or sent in a day: each is compared with the ledger.",
     .fallback = "",
     .fields = kCensus},
};

constexpr FieldSpec kRetry[] = {
    {.name = "first",
     .type = FieldType::duration,
     .doc = "Pause before the second attempt; each further one doubles.",
     .fallback = "5s"},
    {.name = "most", .type = FieldType::duration, .doc = "Longest pause.", .fallback = "5m"},
    {.name = "give_up", .type = FieldType::duration, .doc = "Held for its owner after this time.", .fallback = "24h"},
};

constexpr FieldSpec kDestination[] = {
    {.name = "destination", .doc = "Name of the destination."},
    {.name = "type", .doc = "Adapter that sends the messages."},
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "retry",
     .type = FieldType::object,
     .doc = "When a delivery that failed is tried again.",
     .fallback = "",
     .fields = kRetry},
    {.name = "unknown",
     .type = FieldType::one_of,
     .doc = "When nobody knows whether a message arrived: hold it, or resend it under the same id to a system that "
            "recognises duplicates.",
     .fallback = "hold",
     .choices = kUnknownOutcome},
    {.name = "on_held",
     .type = FieldType::one_of,
     .doc = "What is held keeps what comes after it for the same patient waiting (block), or is overtaken (park).",
     .fallback = "block",
     .choices = kOnHeld},
    {.name = "concurrency",
     .type = FieldType::integer,
     .doc = "Deliveries in flight at once, over all lanes, 1 to 1000.",
     .fallback = "4"},
    {.name = "owner", .doc = "Who acts on what is held here.", .fallback = "integration-team"},
};

}  // namespace

std::span<const FieldSpec> engine_fields() {
    return kEngine;
}

std::span<const FieldSpec> channel_fields() {
    return kChannel;
}

std::span<const FieldSpec> destination_fields() {
    return kDestination;
}

std::vector<FieldSpec> joined_fields(std::span<const FieldSpec> common, const AdapterSpec& adapter) {
    std::vector<FieldSpec> fields(common.begin(), common.end());
    fields.insert(fields.end(), adapter.fields.begin(), adapter.fields.end());
    return fields;
}

}  // namespace causeway::pipeline
