#include "validation/bundle_index.hpp"

#include "validation/formats.hpp"

namespace causeway::validation {
namespace {

bool is_scheme(std::string_view text) noexcept {
    if (text.empty()) return false;
    for (const char c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
              c == '.'))
            return false;
    return true;
}

std::string_view take_last(std::string_view& path) noexcept {
    const auto slash = path.rfind('/');
    const auto last = slash == std::string_view::npos ? path : path.substr(slash + 1);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    return last;
}

}  // namespace

ReferenceText split_reference(std::string_view reference, const fhir::Definitions* definitions) {
    ReferenceText parts;
    parts.whole = reference;
    const auto hash = reference.find('#');
    if (hash != std::string_view::npos) {
        parts.fragment = reference.substr(hash + 1);
        reference = reference.substr(0, hash);
    }
    parts.is_urn = reference.starts_with("urn:");
    const auto colon = reference.find(':');
    parts.is_absolute = colon != std::string_view::npos && is_scheme(reference.substr(0, colon));
    if (parts.is_urn || reference.empty()) return parts;
    auto path = reference;
    auto last = take_last(path);
    const auto history = path.rfind("/_history");
    if (history != std::string_view::npos && history + 9 == path.size()) {
        parts.version = last;
        path = path.substr(0, history);
        last = take_last(path);
    }
    const auto type = take_last(path);
    const auto is_resource = [&](fhir::Index structure) {
        return structure != 0 && definitions->structure_at(structure).kind == fhir::Structure::Kind::resource;
    };
    const bool is_type = definitions == nullptr ? !type.empty() && type.front() >= 'A' && type.front() <= 'Z'
                                                : is_resource(definitions->type(type));
    if (!is_type || !is_id(last)) return parts;
    parts.is_rest = true;
    parts.type = type;
    parts.id = last;
    const auto before = static_cast<std::size_t>(type.data() - reference.data());
    parts.base = reference.substr(0, before);
    return parts;
}

BundleIndex::Id BundleIndex::child(Id record, fhir::Index name) const noexcept {
    const auto records = tape_.records();
    for (Id i = tape_.first_child(record); i != 0; i = records[i].next)
        if (records[i].name == name && records[i].is_shown()) return i;
    return 0;
}

void BundleIndex::add(Entry& entry, Id record, Id resource) const {
    if (entry.entry == 0) {
        entry.entry = record;
        entry.resource = resource;
        entry.matches = 1;
    } else if (resource != 0) {
        ++entry.matches;
        const Id meta = child(resource, names_.meta);
        const Id version = meta == 0 ? 0 : child(meta, names_.version_id);
        if (version == 0) return;
        if (!entry.versions) entry.versions = std::make_unique<std::map<std::string_view, Id>>();
        (*entry.versions)[tape_.text(version)] = resource;
    }
}

const BundleIndex::Bundle& BundleIndex::bundle(Id bundle) {
    const auto [found, is_new] = bundles_.try_emplace(bundle);
    if (!is_new) return found->second;
    const auto records = tape_.records();
    std::vector<Id> entries;
    for (Id i = tape_.first_child(bundle); i != 0; i = records[i].next)
        if (records[i].name == names_.entry && records[i].is_shown()) entries.push_back(i);
    auto& index = found->second;
    if (const Id type = child(bundle, names_.type); type != 0) index.type = tape_.text(type);
    index.by_url.reserve(entries.size());
    index.by_id.reserve(entries.size());
    for (const Id entry : entries) {
        const Id resource = child(entry, names_.resource);
        const Id url = child(entry, names_.full_url);
        const Id id = resource == 0 ? 0 : child(resource, names_.id);
        if (url != 0) add(index.by_url[tape_.text(url)], entry, resource);
        if (id != 0) add(index.by_id[{records[resource].type, tape_.text(id)}], entry, resource);
    }
    return index;
}

BundleIndex::Id BundleIndex::contained(Id container, std::string_view id) {
    const auto [found, is_new] = contained_.try_emplace(container);
    if (is_new) {
        const auto records = tape_.records();
        for (Id i = tape_.first_child(container); i != 0; i = records[i].next) {
            if (records[i].name != names_.contained || !records[i].is_shown()) continue;
            const Id own = child(i, names_.id);
            if (own != 0) found->second.try_emplace(tape_.text(own), i);
        }
    }
    const auto hit = found->second.find(id);
    return hit == found->second.end() ? 0 : hit->second;
}

const std::unordered_set<std::string_view>& BundleIndex::ids(Id resource) {
    const auto [found, is_new] = ids_.try_emplace(resource);
    if (!is_new) return found->second;
    const auto records = tape_.records();
    std::vector<Id> open{resource};  // Elements whose children are still to be seen.
    while (!open.empty()) {
        const Id parent = open.back();
        open.pop_back();
        for (Id i = tape_.first_child(parent); i != 0; i = records[i].next) {
            if (records[i].name == names_.id && records[i].is_shown()) found->second.insert(tape_.text(i));
            open.push_back(i);
        }
    }
    return found->second;
}

}  // namespace causeway::validation
