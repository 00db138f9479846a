#include "fhir/bundle.hpp"

#include <algorithm>

namespace causeway::fhir {
namespace {

// "http://a/fhir/Patient/1" -> "http://a/fhir/"; empty where the URL is not of the form base/type/id.
std::string_view rest_base(std::string_view url) {
    if (!url.starts_with("http://") && !url.starts_with("https://")) return {};
    const auto id = url.rfind('/');
    if (id == std::string_view::npos || id == 0) return {};
    const auto type = url.rfind('/', id - 1);
    return type == std::string_view::npos ? std::string_view() : url.substr(0, type + 1);
}

// A version or a fragment does not say which entry is meant: entries are the current ones.
std::string_view without_version(std::string_view reference) {
    reference = reference.substr(0, reference.find('#'));
    return reference.substr(0, reference.find("/_history/"));
}

bool is_absolute(std::string_view reference) {
    const auto scheme = reference.find(':');
    return scheme != std::string_view::npos && scheme < reference.find('/');
}

std::string type_and_id(const tree::Node& resource) {
    const auto id = resource.child("id").text();
    return id.empty() ? std::string() : std::string(resource.type()).append("/").append(id);
}

tree::Node contained(const tree::Node& container, std::string_view id) {
    if (id.empty()) return container;
    std::vector<tree::Node> found;
    container.children("contained", found);
    const auto match =
        std::find_if(found.begin(), found.end(), [&](const auto& node) { return node.child("id").text() == id; });
    return match == found.end() ? tree::Node() : *match;
}

}  // namespace

Bundle::Bundle(const tree::Node& bundle) : bundle_(bundle) {
    std::vector<tree::Node> entries;
    bundle.children("entry", entries);
    for (const auto& entry : entries) add(entry);
}

void Bundle::add(const tree::Node& entry) {
    const auto resource = entry.child("resource");
    if (!resource) return;
    resources_.push_back(resource);
    const auto url = entry.child("fullUrl").text();
    const auto name = type_and_id(resource);
    if (!url.empty()) by_url_.emplace(url, resource);
    if (!name.empty()) by_url_.emplace(name, resource);
    by_node_.emplace(resource.handle(), url);
}

std::string_view Bundle::type() const {
    return bundle_.child("type").text();
}

std::vector<tree::Node> Bundle::resources(std::string_view type) const {
    std::vector<tree::Node> found;
    std::copy_if(resources_.begin(), resources_.end(), std::back_inserter(found),
                 [&](const auto& node) { return node.type() == type; });
    return found;
}

tree::Node Bundle::first(std::string_view type) const {
    const auto found =
        std::find_if(resources_.begin(), resources_.end(), [&](const auto& node) { return node.type() == type; });
    return found == resources_.end() ? tree::Node() : *found;
}

tree::Node Bundle::find(const std::string& url) const {
    const auto found = by_url_.find(url);
    return found == by_url_.end() ? tree::Node() : found->second;
}

tree::Node Bundle::resolve(std::string_view reference, const tree::Node& container) const {
    if (reference.starts_with('#')) return contained(container, reference.substr(1));
    const auto target = without_version(reference);
    if (target.empty()) return {};
    if (is_absolute(target)) return find(std::string(target));
    if (const auto owner = by_node_.find(container.handle()); container && owner != by_node_.end()) {
        const auto base = rest_base(owner->second);
        if (!base.empty())
            if (const auto node = find(std::string(base).append(target))) return node;
    }
    return find(std::string(target));
}

}  // namespace causeway::fhir
