#include "validation/referral.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "core/nhs_number.hpp"
#include "fhir/bundle.hpp"
#include "validation/formats.hpp"
#include "validation/references.hpp"
#include "validation/report.hpp"

namespace causeway::validation {
namespace {

using tree::Node;

std::vector<Node> children(const Node& node, std::string_view name) {
    std::vector<Node> found;
    node.children(name, found);
    return found;
}

/// A code of a required binding, or an error that lists what is allowed.
template <std::size_t N>
bool one_of(std::string_view code, const std::array<std::string_view, N>& codes) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

constexpr std::array<std::string_view, 7> kStatuses = {"draft",     "active",           "on-hold", "revoked",
                                                       "completed", "entered-in-error", "unknown"};
constexpr std::array<std::string_view, 9> kIntents = {"proposal",     "plan",           "directive",
                                                      "order",        "original-order", "reflex-order",
                                                      "filler-order", "instance-order", "option"};
constexpr std::array<std::string_view, 4> kPriorities = {"routine", "urgent", "asap", "stat"};
constexpr std::array<std::string_view, 4> kGenders = {"male", "female", "other", "unknown"};
constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};

/// The checks of one Bundle, in the order in which a person would mend it.
class BundleCheck {
public:
    BundleCheck(const Node& bundle, const BundleRules& rules)
        : bundle_(bundle),
          rules_(rules),
          index_(bundle),
          entries_(children(bundle, "entry")),
          with_organisation_(practitioners_with_organisation()) {}

    OperationOutcome run() {
        if (envelope()) {
            entries();
            if (type_ == "message") header();
            referrals();
            patients();
            attachments();
            check_references(bundle_, index_, report_);
        }
        return report_.take();
    }

private:
    /// False where nothing below would make sense.
    bool envelope();
    Statement wrong_type() const;
    void entries();
    void entry(const Node& entry, std::set<std::string>& urls);
    void request(const Node& entry);
    void header();
    void focus(const Node& header);
    void referrals();
    void referral(const Node& request);
    void subject(const Node& request);
    void requester(const Node& request);
    bool has_organisation(const Node& requester, const Node& request) const;
    std::set<Node::Handle> practitioners_with_organisation() const;
    bool sender_is_organisation() const;
    void patients();
    void demographics(const Node& patient);
    void nhs_numbers(const Node& patient);
    void attachments();
    Node target(const Node& reference) const;
    Node target_in(const Node& reference, const Node& resource) const {
        const Node text = reference.child("reference");
        return text.has_value() ? index_.resolve(text.text(), resource) : Node();
    }
    Node first_resource() const { return entries_.empty() ? Node() : entries_.front().child("resource"); }

    /// Value of `child` where it has one; otherwise the statement is made about the missing element.
    Node required(const Node& parent, std::string_view child, const Statement& statement) {
        const Node node = parent.child(child);
        if (node && (node.kind() == tree::Kind::object || (node.has_value() && !node.text().empty()))) return node;
        report_.missing(parent, child, statement);
        return {};
    }

    void format(const Node& parent, std::string_view child, bool (*good)(std::string_view),
                const Statement& statement) {
        const Node node = parent.child(child);
        if (node && node.has_value() && (node.kind() != tree::Kind::text || !good(node.text())))
            report_.at(node, statement);
    }

    const Node bundle_;
    const BundleRules& rules_;
    const fhir::Bundle index_;
    const std::vector<Node> entries_;
    const std::set<Node::Handle> with_organisation_;
    std::string_view type_;
    Report report_;
};

Statement BundleCheck::wrong_type() const {
    std::string_view text = "Send a Bundle of type \"message\" or \"transaction\".";
    if (rules_.type == "message") text = "Send a Bundle of type \"message\" to this address.";
    if (rules_.type == "transaction") text = "Send a Bundle of type \"transaction\" to this address.";
    return {Issue::value, "bundle-type", text};
}

bool BundleCheck::envelope() {
    if (bundle_.type() != "Bundle") {
        // What the sender wrote there may be anything, and is not repeated.
        report_.at(bundle_, "Resource",
                   {Issue::structure, "bundle", "Send a FHIR R4 Bundle: resourceType must be \"Bundle\"."});
        return false;
    }
    const Node type = required(bundle_, "type", {Issue::required, "bundle-type", "Give Bundle.type."});
    type_ = type.text();
    const bool takes_both = rules_.type.empty();
    if (type && (takes_both ? type_ != "message" && type_ != "transaction" : type_ != rules_.type)) {
        report_.at(type, wrong_type());
        return false;
    }
    if (type && entries_.empty()) {
        report_.missing(bundle_, "entry",
                        {Issue::required, "bundle-entries", "Add the referral's resources as entries."});
        return false;
    }
    format(
        bundle_, "timestamp", is_instant,
        {Issue::value, "instant", "Write Bundle.timestamp as an instant with offset, such as 2026-11-21T09:30:00Z."});
    return static_cast<bool>(type);
}

void BundleCheck::entries() {
    std::set<std::string> urls;
    for (const Node& node : entries_) entry(node, urls);
}

void BundleCheck::entry(const Node& node, std::set<std::string>& urls) {
    const Node resource = node.child("resource");
    if (!resource) {
        report_.missing(node, "resource",
                        {Issue::required, "entry-resource", "Give each entry of a referral its resource."});
    } else if (resource.type().empty()) {
        report_.missing(resource, "resourceType",
                        {Issue::structure, "resource-type", "Give the resource its resourceType."});
    } else {
        format(resource, "id", is_id, {Issue::value, "id", "Use 1 to 64 letters, digits, hyphens and dots in the id."});
    }
    const Node url = node.child("fullUrl");
    // The same resource may stand there in several versions (bdl-7).
    const std::string version(resource.child("meta").child("versionId").text());
    if (url && !urls.insert(std::string(url.text()) + '|' + version).second) {
        report_.at(url, {Issue::invariant, "bdl-7", "Give each entry a fullUrl of its own; this one is used twice."});
    }
    if (type_ == "transaction") request(node);
}

void BundleCheck::request(const Node& entry) {
    const Node request =
        required(entry, "request",
                 {Issue::required, "bdl-3", "Give each entry of a transaction its request with method and url."});
    if (!request) return;
    const Node method =
        required(request, "method", {Issue::required, "entry-method", "Give the request its method, such as POST."});
    if (method && !one_of(method.text(), kMethods)) {
        report_.at(method, {Issue::code_invalid, "entry-method", "Use POST or PUT (upper case) as method."});
    }
    required(request, "url", {Issue::required, "entry-url", "Give the request its url, such as ServiceRequest."});
}

void BundleCheck::header() {
    const Node header = first_resource();
    if (header.type() != "MessageHeader") {
        report_.at(header ? header : entries_.front(),
                   {Issue::invariant, "bdl-12", "Make a MessageHeader the first entry of the message."});
        return;
    }
    const auto headers = index_.resources("MessageHeader");
    for (std::size_t i = 1; i < headers.size(); ++i) {
        report_.at(headers[i],
                   {Issue::invariant, "one-header", "Send one message in a Bundle: remove this MessageHeader."});
    }
    required(header, "event",
             {Issue::required, "message-event", "Give MessageHeader.eventCoding, such as servicerequest-request."});
    if (const Node source =
            required(header, "source", {Issue::required, "message-source", "Give MessageHeader.source."})) {
        required(source, "endpoint",
                 {Issue::required, "message-source", "Give MessageHeader.source.endpoint: where answers go."});
    }
    focus(header);
}

void BundleCheck::focus(const Node& header) {
    const auto foci = children(header, "focus");
    const bool answer = header.child("event").child("code").text().ends_with("-response");
    const bool found =
        answer || std::any_of(foci.begin(), foci.end(), [&](const Node& reference) {
            const Node resource = target_in(reference, header);
            return !resource || resource.type() == "ServiceRequest";  // One that leads nowhere is a finding of its own.
        });
    constexpr Statement kFocus = {Issue::required, "message-focus",
                                  "Let MessageHeader.focus refer to the ServiceRequest."};
    if (foci.empty()) return report_.missing(header, "focus", kFocus);
    if (!found) report_.at(foci.front(), kFocus);
}

void BundleCheck::referrals() {
    const auto requests = index_.resources("ServiceRequest");
    if (requests.empty()) {
        report_.missing(
            bundle_, "entry",
            {Issue::required, "service-request", "Add the ServiceRequest: a referral without one cannot be taken."});
    }
    for (const Node& request : requests) referral(request);
}

void BundleCheck::referral(const Node& request) {
    const Node status =
        required(request, "status", {Issue::required, "status", "Give ServiceRequest.status, such as active."});
    if (status && !one_of(status.text(), kStatuses)) {
        report_.at(status, {Issue::code_invalid, "status",
                            "Use draft, active, on-hold, revoked, completed, entered-in-error or unknown as status."});
    }
    const Node intent =
        required(request, "intent", {Issue::required, "intent", "Give ServiceRequest.intent, such as order."});
    if (intent && !one_of(intent.text(), kIntents)) {
        report_.at(intent,
                   {Issue::code_invalid, "intent", "Use a code of request-intent, such as order or plan, as intent."});
    }
    const Node priority = request.child("priority");
    if (priority.has_value() && !one_of(priority.text(), kPriorities)) {
        report_.at(priority, {Issue::code_invalid, "priority", "Use routine, urgent, asap or stat as priority."});
    }
    format(request, "authoredOn", is_date_time,
           {Issue::value, "date-time", "Write authoredOn as a date, or as a date with time and offset."});
    subject(request);
    if (status.text() != "revoked" && status.text() != "entered-in-error") requester(request);
}

void BundleCheck::subject(const Node& request) {
    constexpr Statement kPatient = {Issue::required, "subject",
                                    "Let ServiceRequest.subject refer to the Patient in this Bundle."};
    const Node subject = required(request, "subject", kPatient);
    if (!subject) return;
    const Node patient = target_in(subject, request);
    if (!patient && subject.child("reference")) return;  // check_references says it.
    if (patient.type() != "Patient") report_.at(subject, kPatient);
}

void BundleCheck::requester(const Node& request) {
    const Node requester =
        required(request, "requester",
                 {Issue::required, "requester", "Give ServiceRequest.requester: the PractitionerRole who refers."});
    if (!requester || has_organisation(requester, request) || sender_is_organisation()) return;
    report_.at(requester,
               {Issue::required, "requester-organisation",
                "Name the requester's organisation: a PractitionerRole with organization (ODS code), so that the "
                "answer can reach the practice."});
}

bool BundleCheck::has_organisation(const Node& requester, const Node& request) const {
    if (requester.child("identifier").child("system").text() == kOdsCodeSystem) return true;
    const Node who = target_in(requester, request);
    if (who.type() == "Organization") return true;
    if (who.type() == "Practitioner") return with_organisation_.contains(who.handle());
    return static_cast<bool>(who.child("organization"));
}

/// Gathered once: a Bundle may hold many of both.
std::set<Node::Handle> BundleCheck::practitioners_with_organisation() const {
    std::set<Node::Handle> result;
    for (const Node& role : index_.resources("PractitionerRole")) {
        const Node who = target(role.child("practitioner"));
        if (who && role.child("organization")) result.insert(who.handle());
    }
    return result;
}

bool BundleCheck::sender_is_organisation() const {
    const Node sender = first_resource().child("sender");
    const Node who = target(sender);
    return who.type() == "Organization" || who.child("organization") ||
           sender.child("identifier").child("system").text() == kOdsCodeSystem;
}

void BundleCheck::patients() {
    std::set<Node::Handle> referred;
    for (const Node& request : index_.resources("ServiceRequest")) {
        const Node patient = target_in(request.child("subject"), request);
        if (patient.type() == "Patient" && referred.insert(patient.handle()).second) demographics(patient);
    }
    for (const Node& patient : index_.resources("Patient")) {
        nhs_numbers(patient);
        format(patient, "birthDate", is_date,
               {Issue::value, "date", "Write birthDate as YYYY-MM-DD, a day that exists.", Severity::error, 102});
        const Node gender = patient.child("gender");
        if (gender.has_value() && !one_of(gender.text(), kGenders)) {
            report_.at(gender, {Issue::code_invalid, "gender", "Use male, female, other or unknown as gender."});
        }
    }
}

void BundleCheck::demographics(const Node& patient) {
    const Severity severity = rules_.demographics_required ? Severity::error : Severity::warning;
    const auto names = children(patient, "name");
    const bool named = std::any_of(names.begin(), names.end(), [](const Node& name) {
        return name.child("family").has_value() || name.child("text").has_value() || name.child("given").has_value();
    });
    if (!named) {
        report_.missing(patient, "name",
                        {Issue::required, "patient-name",
                         "Give the patient's name (family and given), so that the right patient is found.", severity});
    }
    if (!patient.child("birthDate").has_value()) {
        report_.missing(patient, "birthDate",
                        {Issue::required, "patient-birth-date",
                         "Give the patient's birthDate, so that the right patient is found.", severity});
    }
    if (!rules_.nhs_number_required) return;
    const auto identifiers = children(patient, "identifier");
    if (std::none_of(identifiers.begin(), identifiers.end(),
                     [](const Node& identifier) { return identifier.child("system").text() == kNhsNumberSystem; })) {
        report_.missing(patient, "identifier",
                        {Issue::required, "nhs-number",
                         "Give the patient's NHS number: identifier with system https://fhir.nhs.uk/Id/nhs-number.",
                         Severity::error, 101});
    }
}

void BundleCheck::nhs_numbers(const Node& patient) {
    for (const Node& identifier : children(patient, "identifier")) {
        if (identifier.child("system").text() != kNhsNumberSystem) continue;
        const Node value = identifier.child("value");
        if (!value.has_value()) {
            report_.missing(identifier, "value",
                            {Issue::required, "nhs-number", "Give the NHS number as the identifier's value."});
        } else if (value.kind() != tree::Kind::text || !is_valid_nhs_number(value.text())) {
            report_.at(value,
                       {Issue::value, "nhs-number-check-digit",
                        "Correct the NHS number: it needs ten digits of which the last is the modulus 11 check digit.",
                        rules_.nhs_number_strict ? Severity::error : Severity::warning, 102});
        }
    }
}

void BundleCheck::attachments() {
    constexpr Statement kBase64 = {Issue::value, "base64",
                                   "Write data as base64 with padding; as it stands it cannot be opened."};
    for (const Node& binary : index_.resources("Binary")) {
        required(binary, "contentType",
                 {Issue::required, "content-type", "Give Binary.contentType, such as application/pdf."});
        format(binary, "data", is_base64, kBase64);
    }
    for (const Node& document : index_.resources("DocumentReference")) {
        for (const Node& content : children(document, "content"))
            format(content.child("attachment"), "data", is_base64, kBase64);
    }
}

Node BundleCheck::target(const Node& reference) const {
    return target_in(reference, {});
}

}  // namespace

OperationOutcome check_bundle(const tree::Node& bundle, const BundleRules& rules) {
    return BundleCheck(bundle, rules).run();
}

}  // namespace causeway::validation
