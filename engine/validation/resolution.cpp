// Where a reference leads.
#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Record;

/// The resource around a record (itself, if it is one).
Walker::Id Walker::resource_of(Id record) const noexcept {
    while (record != 0 && !at(record).is(Record::kResource)) record = at(record).parent;
    return record;
}

Walker::Id Walker::container_of(Id record) const noexcept {
    Id resource = resource_of(record);
    while (resource != 0 && at(resource).name == names_.contained) resource = resource_of(at(resource).parent);
    return resource;
}

/// The entry of a bundle around a record, from `record` outwards; 0: none.
Walker::Id Walker::entry_of(Id record) const noexcept {
    for (Id i = record; i != 0; i = at(i).parent)
        if (at(i).name == names_.entry && at(at(i).parent).type == names_.bundle_type) return i;
    return 0;
}

Walker::Id Walker::end_of(Id record) const noexcept {
    for (Id i = record; i != 0; i = at(i).parent)
        if (at(i).next != 0) return at(i).next;
    return static_cast<Id>(records_.size());
}

std::string_view Walker::version_of(Id resource) const {
    const Id meta = child(resource, names_.meta);
    return meta == 0 ? std::string_view() : child_text(meta, names_.version_id);
}

/// The target of a Reference, or of a canonical or uri that stands for one; 0: not in this document.
Walker::Target Walker::resolve(Id record) {
    const auto reference = is_primitive(at(record)) ? text(record) : child_text(record, names_.reference);
    return resolve(reference, record);
}

Walker::Target Walker::resolve(std::string_view reference, Id from) {
    return reference.empty() ? Target() : resolve(split_reference(reference, &definitions_), from);
}

Walker::Target Walker::resolve(const ReferenceText& parts, Id from) {
    Target target;
    if (parts.whole.front() == '#') {
        const Id container = container_of(from);
        target.how = Target::How::contained;
        target.record = parts.fragment.empty() ? container : index_.contained(container, parts.fragment);
        target.found = parts.fragment.empty() || target.record != 0;
        return target;
    }
    for (Id entry = entry_of(from); entry != 0; entry = entry_of(at(entry).parent))
        if (find_in_bundle(parts, entry, target)) return target;
    // Contained resources around a bundle or a Parameters are not searched: references leave the document.
    return target;
}

/// The entry of that fullUrl.
Walker::Target Walker::resolve_in(Id bundle, std::string_view full_url) {
    Target target;
    const auto& by_url = index_.bundle(bundle).by_url;
    const auto found = by_url.find(full_url);
    if (found == by_url.end()) return target;
    target.record = found->second.resource;
    target.found = target.record != 0;
    return target;
}

bool Walker::find_in_bundle(const ReferenceText& parts, Id entry, Target& target) {
    target.in_bundle = true;
    const Id bundle = at(entry).parent;
    const auto& index = index_.bundle(bundle);
    const auto take = [&](const BundleIndex::Entry& found) {
        target.found = found.resource != 0;
        target.how = Target::How::bundled;
        target.record = found.resource;
        target.matches = found.matches;
        if (parts.version.empty() || !found.versions) return target.found;
        if (const auto other = found.versions->find(parts.version); other != found.versions->end())
            target.record = other->second;
        return target.found;
    };
    const auto by_url = [&](std::string_view url) {
        const auto found = index.by_url.find(url);
        return found != index.by_url.end() && take(found->second);
    };
    if (parts.is_absolute) {
        auto plain = parts.whole.substr(0, parts.whole.find('#'));
        if (by_url(plain)) return true;
        const auto history = plain.rfind("/_history/");
        return history != std::string_view::npos && by_url(plain.substr(0, history));
    }
    if (!parts.is_rest) return false;
    const auto own = child_text(entry, names_.full_url);
    const auto base = split_reference(own, &definitions_);
    if (base.is_rest) {
        std::string url(base.base);
        url.append(parts.type).append("/").append(parts.id);
        return by_url(url);
    }
    if (base.is_urn) {
        std::string url = "urn:uuid:";
        url.append(parts.id);
        if (by_url(url)) return true;
    }
    const auto found = index.by_id.find({definitions_.name(parts.type), parts.id});
    if (found == index.by_id.end()) return false;
    if (!base.is_urn) return take(found->second);
    target.by_id_only = true;  // A relative reference counts from fullUrl, and that is no address here.
    return false;
}

}  // namespace causeway::validation
