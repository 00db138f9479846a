#include "validation/references.hpp"

#include <algorithm>

#include "validation/formats.hpp"

namespace causeway::validation {
namespace {

constexpr Statement kEmpty = {Issue::value, "reference-form",
                              "Give the reference as text: the fullUrl of an entry, Type/id, #id or an absolute URL."};
constexpr Statement kContained = {
    Issue::invariant, "ref-1", "Add a contained resource with this id to the same resource, or correct the reference."};
constexpr Statement kUrn = {
    Issue::not_found, "reference-resolves",
    "Add the resource as an entry of this Bundle with this reference as its fullUrl, or correct the "
    "reference."};
constexpr Statement kRelative = {
    Issue::not_found, "reference-resolves",
    "Add the resource to this Bundle, or correct the reference: the receiver cannot look it up."};
constexpr Statement kRelativeAside = {
    Issue::not_found, "reference-resolves",
    "This resource is not in the Bundle and will not be read; add it if the receiver needs it.", Severity::warning};
constexpr Statement kOutside = {
    Issue::informational, "reference-outside",
    "This resource lies outside the Bundle and is not fetched; add it if the receiver needs it.",
    Severity::information};

/// "Patient/1", "Patient/1/_history/2": a type name and an id.
bool is_relative(std::string_view reference) {
    const auto slash = reference.find('/');
    if (slash == std::string_view::npos || slash == 0 || reference.front() < 'A' || reference.front() > 'Z')
        return false;
    const std::string_view rest = reference.substr(slash + 1);
    return is_id(rest.substr(0, rest.find('/')));
}

bool is_conditional(std::string_view reference) {
    return reference.find('?') != std::string_view::npos && reference.front() >= 'A' && reference.front() <= 'Z';
}

bool is_outside(std::string_view reference) {
    return reference.starts_with("http://") || reference.starts_with("https://");
}

/// What the receiver must be able to follow: what the message is about, and everything the referral itself names.
bool is_essential(const tree::Node& resource) {
    return resource.type() == "MessageHeader" || resource.type() == "ServiceRequest";
}

bool is_attachment(const tree::Node& node) {
    return node.type() == "Attachment" || node.name() == "attachment" || node.name() == "presentedForm" ||
           node.name() == "photo";
}

class Walk {
public:
    Walk(const fhir::Bundle& index, Report& report) : index_(index), report_(report) {}

    /// Iterative: the depth of a document never becomes the depth of the stack.
    void resource(const tree::Node& resource) {
        if (resource.type() == "Bundle") return;
        resource_ = resource;
        pending_.assign(1, resource);
        while (!pending_.empty()) {
            const tree::Node node = pending_.back();
            pending_.pop_back();
            children_.clear();
            node.children(children_);
            visit(node);
            pending_.insert(pending_.end(), children_.rbegin(), children_.rend());
        }
    }

private:
    void visit(const tree::Node& node) {
        for (const tree::Node& child : children_) {
            if (child.name() == "reference" && child.kind() != tree::Kind::object) reference(child);
            if (child.name() == "url" && is_attachment(node)) attachment(child);
        }
    }

    void reference(const tree::Node& node) {
        if (!node.has_value()) return;  // Only an extension: data absent.
        const std::string_view text = node.text();
        if (node.kind() != tree::Kind::text || text.empty()) return report_.at(node, kEmpty);
        if (index_.resolve(text, resource_)) return;
        if (text == "#") return;  // The containing resource itself.
        if (text.front() == '#') return report_.at(node, kContained);
        if (text.starts_with("urn:")) return report_.at(node, kUrn);
        if (is_outside(text) || is_conditional(text)) return report_.at(node, kOutside);
        if (!is_relative(text)) return report_.at(node, kEmpty);
        report_.at(node, is_essential(resource_) ? kRelative : kRelativeAside);
    }

    void attachment(const tree::Node& node) {
        const std::string_view text = node.text();
        if (node.kind() != tree::Kind::text || text.empty() || index_.resolve(text, resource_)) return;
        if (text.starts_with("urn:")) return report_.at(node, kUrn);
        if (is_outside(text)) return report_.at(node, kOutside);
        report_.at(node, kRelative);
    }

    const fhir::Bundle& index_;
    Report& report_;
    tree::Node resource_;
    std::vector<tree::Node> pending_;
    std::vector<tree::Node> children_;
};

}  // namespace

void check_references(const tree::Node& bundle, const fhir::Bundle& index, Report& report) {
    std::vector<tree::Node> entries;
    bundle.children("entry", entries);
    Walk walk(index, report);
    for (const tree::Node& entry : entries) {
        if (const tree::Node resource = entry.child("resource")) walk.resource(resource);
    }
}

}  // namespace causeway::validation
