// What the specification says in its text of single data types (http://hl7.org/fhir/R4/datatypes.html).
#include <algorithm>

#include "validation/formats.hpp"
#include "validation/walker.hpp"

namespace causeway::validation {

namespace {

constexpr std::string_view kUri = "urn:ietf:rfc:3986";

bool has_scheme(std::string_view url) noexcept {
    const auto colon = url.find(':');
    return colon != std::string_view::npos && colon > 0 && url.find('/') > colon;
}

}  // namespace

void Walker::check_type_rules(Id record, std::size_t begin, std::size_t end) {
    const auto type = at(record).type;
    if (type == names_.reference_type)
        check_reference(record, begin, end);
    else if (type == names_.coding_type)
        check_coding(record);
    else if (type == names_.identifier_type)
        check_identifier(record);
    else if (type == names_.attachment_type)
        check_attachment(record);
    else if (type == names_.meta_type)
        check_labels(record);
}

void Walker::check_identifier(Id record) {
    const auto system = child_text(record, names_.system);
    if (system.empty()) return;
    if (!has_scheme(system))
        say(record, {Severity::error, Issue::code_invalid, "identifier-system"},
            [] { return std::string("Name the system of the identifier by an absolute address."); });
    const auto value = child_text(record, names_.value);
    if (system == kUri && !value.empty() && !has_scheme(value))
        say(record, {Severity::error, Issue::code_invalid, "identifier-uri"}, [] {
            return std::string(
                "Write the value as a whole URI (urn:uuid:, urn:oid:, https://): its system says that it is one.");
        });
}

/// Each security label once.
void Walker::check_labels(Id meta) {
    std::vector<std::pair<std::string_view, std::string_view>> seen;
    for (Id i = tape_.first_child(meta); i != 0; i = at(i).next) {
        if (at(i).name != names_.security || !at(i).is_shown()) continue;
        const std::pair label(child_text(i, names_.system), child_text(i, names_.code));
        if (std::find(seen.begin(), seen.end(), label) != seen.end())
            say(i, {Severity::error, Issue::duplicate, "security-label"},
                [] { return std::string("Give each security label once."); });
        seen.push_back(label);
    }
}

/// Attachment.size is that of the data (http://hl7.org/fhir/R4/datatypes.html#attachment).
void Walker::check_attachment(Id record) {
    const Id data = child(record, names_.data);
    const auto size = child_text(record, names_.size);
    if (data == 0 || size.empty() || size == std::to_string(base64_size(text(data)))) return;
    say(record, {Severity::error, Issue::value, "attachment-size"},
        [] { return std::string("Give in size the number of bytes of the data."); });
}

/// A system is named by an absolute address, which is not that of a value set.
bool Walker::check_system(Id coding, std::string_view system) {
    if (!has_scheme(system)) {
        say(coding, {Severity::error, Issue::code_invalid, "system-absolute"},
            [] { return std::string("Name the code system by its absolute address."); });
        return false;
    }
    if (definitions_.code_system(system) == 0 && definitions_.value_set(system) != 0) {
        say(coding, {Severity::error, Issue::code_invalid, "system-value-set"},
            [] { return std::string("Name the code system: this address is that of a value set."); });
        return false;
    }
    return true;
}

}  // namespace causeway::validation
