#include "hl7v2/acknowledgement.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "hl7v2/escape.hpp"
#include "hl7v2/header.hpp"

namespace causeway::hl7v2 {
namespace {

struct ErrorCode {
    int code;
    std::string_view text;
};

/// Table 0357.
constexpr auto kErrorCodes = std::to_array<ErrorCode>({
    {0, "Message accepted"},
    {100, "Segment sequence error"},
    {101, "Required field missing"},
    {102, "Data type error"},
    {103, "Table value not found"},
    {104, "Value too long"},
    {200, "Unsupported message type"},
    {201, "Unsupported event code"},
    {202, "Unsupported processing id"},
    {203, "Unsupported version id"},
    {204, "Unknown key identifier"},
    {205, "Duplicate key identifier"},
    {206, "Application record locked"},
    {207, "Application internal error"},
});

std::string_view text_of(int code) noexcept {
    const auto* found =
        std::find_if(kErrorCodes.begin(), kErrorCodes.end(), [&](const ErrorCode& e) { return e.code == code; });
    return found == kErrorCodes.end() ? std::string_view("Application error") : found->text;
}

/// Where the finding has no code of the table, the nearest to its FHIR code.
int code_of(const Finding& finding) noexcept {
    if (finding.hl7_code != 0) return finding.hl7_code;
    if (finding.severity == Severity::information) return 0;
    switch (finding.issue) {
        case Issue::structure:
            return 100;
        case Issue::required:
        case Issue::incomplete:
            return 101;
        case Issue::invalid:
        case Issue::value:
            return 102;
        case Issue::code_invalid:
            return 103;
        case Issue::too_long:
            return 104;
        case Issue::not_found:
            return 204;
        case Issue::duplicate:
        case Issue::conflict:
            return 205;
        default:
            return 207;
    }
}

bool is_error(const Finding& finding) noexcept {
    return finding.severity == Severity::fatal || finding.severity == Severity::error;
}

std::string_view severity_code(const Finding& finding) noexcept {
    if (is_error(finding)) return "E";
    return finding.severity == Severity::warning ? "W" : "I";
}

std::string number(std::uint32_t value) {
    return value == 0 ? std::string() : std::to_string(value);
}

/// Joins with a delimiter and leaves trailing empty parts out.
std::string join(std::vector<std::string> parts, char separator) {
    while (!parts.empty() && parts.back().empty()) parts.pop_back();
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += separator;
        out += parts[i];
    }
    return out;
}

/// Writes one answer in the sender's delimiters. Values of the header are in them already and are copied as they stand.
class AcknowledgementWriter {
public:
    AcknowledgementWriter(const Header& header, const Acknowledgement& acknowledgement)
        : header_(header), acknowledgement_(acknowledgement), version_(version_of(header)) {
        auto& d = delimiters_ = header.delimiters;
        if (d.component == '\0') d.component = d.field == '^' ? '|' : '^';
    }

    std::string run() {
        write_msh();
        write_msa();
        if (is_version_at_least(version_, 5))
            for (const auto& finding : acknowledgement_.outcome.issues) write_err(finding);
        else
            write_old_err();
        return std::move(out_);
    }

private:
    std::string_view version_of(const Header& header) const noexcept {
        const auto end = header.version.find(header.delimiters.component);
        const auto version = trim(std::string_view(header.version).substr(0, end));
        return is_version_2(version) ? version : std::string_view("2.5.1");
    }

    void segment(std::vector<std::string> fields) {
        out_ += join(std::move(fields), delimiters_.field);
        out_ += '\r';
    }

    std::string escaped(std::string_view value) const { return escape(value, delimiters_); }

    /// The event came in 2.2, the structure in 2.3.1.
    std::string message_type() const {
        const auto& event = header_.trigger_event;
        const bool with_event = !event.empty() && is_version_at_least(version_, 2);
        if (!with_event) return "ACK";
        return join({"ACK", escaped(event), is_version_at_least(version_, 3, 1) ? "ACK" : ""}, delimiters_.component);
    }

    void write_msh() {
        const auto& h = header_;
        const bool version_stands = trim(h.version).starts_with(version_) && !h.version.empty();
        std::vector<std::string> fields{"MSH",
                                        delimiters_.msh2(),
                                        h.receiving_application,
                                        h.receiving_facility,
                                        h.sending_application,
                                        h.sending_facility,
                                        to_hl7_dtm(acknowledgement_.at),
                                        "",
                                        message_type(),
                                        escaped(acknowledgement_.control_id),
                                        h.processing_id.empty() ? "P" : h.processing_id,
                                        version_stands ? h.version : std::string(version_)};
        if (acknowledgement_.is_delayed) {
            fields.resize(14);
            fields.insert(fields.end(), {"AL", "NE"});
        }
        if (!h.character_set.empty()) {
            fields.resize(17);
            fields.push_back(h.character_set);
        }
        segment(std::move(fields));
    }

    /// MSA-3 is for versions before 2.5; from there on ERR says it.
    void write_msa() {
        std::string text;
        const auto& issues = acknowledgement_.outcome.issues;
        const auto first = std::find_if(issues.begin(), issues.end(), is_error);
        if (!is_version_at_least(version_, 5) && first != issues.end()) text = escaped(first->text);
        const auto& sequence = acknowledgement_.sequence;
        segment({"MSA", acknowledgement_.code, header_.message_control_id, text,
                 sequence ? std::to_string(*sequence) : std::string()});
    }

    /// ERL (2.5): segment, its number, field, repetition, component, sub-component; empty where no HL7 path is known.
    std::string location(const Finding& finding) const {
        const auto path = Path::parse(finding.expression);
        if (!path) return {};
        return join({path->segment, number(std::max(path->segment_index, 1U)), number(path->field),
                     number(path->repetition), number(path->component), number(path->subcomponent)},
                    delimiters_.component);
    }

    std::string coded(int code, char separator) const {
        return join({std::to_string(code), escaped(text_of(code)), "HL70357"}, separator);
    }

    void write_err(const Finding& finding) {
        const auto text = escaped(finding.text);
        segment({"ERR", "", location(finding), coded(code_of(finding), delimiters_.component),
                 std::string(severity_code(finding)), "", "", text, text});
    }

    /// ELD: segment, its number, field, code as sub-components; one repetition an error. It knows no warnings.
    void write_old_err() {
        std::vector<std::string> places;
        for (const auto& finding : acknowledgement_.outcome.issues)
            if (is_error(finding)) places.push_back(old_location(finding));
        if (places.empty()) return;
        if (delimiters_.repetition == '\0') places.resize(1);
        segment({"ERR", join(std::move(places), delimiters_.repetition)});
    }

    std::string old_location(const Finding& finding) const {
        const auto path = Path::parse(finding.expression);
        const int code = code_of(finding);
        const auto text =
            delimiters_.subcomponent == '\0' ? std::to_string(code) : coded(code, delimiters_.subcomponent);
        if (!path) return join({"", "", "", text}, delimiters_.component);
        return join({path->segment, number(std::max(path->segment_index, 1U)), number(path->field), text},
                    delimiters_.component);
    }

    const Header& header_;
    const Acknowledgement& acknowledgement_;
    Delimiters delimiters_;
    std::string_view version_;
    std::string out_;
};

}  // namespace

std::string write_acknowledgement(const std::optional<Header>& header, const Acknowledgement& acknowledgement) {
    const Header unknown;
    return AcknowledgementWriter(header ? *header : unknown, acknowledgement).run();
}

bool is_acknowledgement(const Header& header) noexcept {
    return header.message_code == "ACK" || header.message_code == "MCF";
}

bool is_enhanced_mode(const Header& header) noexcept {
    return !header.accept_acknowledgement.empty() || !header.application_acknowledgement.empty();
}

bool wants_acknowledgement(const Header& header, bool success) noexcept {
    if (is_acknowledgement(header)) return false;
    const auto& wanted = header.accept_acknowledgement;
    if (!is_enhanced_mode(header) || wanted.empty()) return true;
    if (wanted == "NE") return false;
    if (wanted == "ER") return !success;
    return wanted != "SU" || success;
}

bool wants_application_acknowledgement(const Header& header, bool success) noexcept {
    if (is_acknowledgement(header)) return false;
    const auto& wanted = header.application_acknowledgement;
    if (!is_enhanced_mode(header)) return true;
    if (wanted.empty() || wanted == "NE") return false;
    if (wanted == "ER") return !success;
    return wanted != "SU" || success;
}

}  // namespace causeway::hl7v2
