// What a Reference may point at.
#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Record;

namespace {

std::string names_of(const fhir::Definitions& definitions, const fhir::Type& type) {
    std::string names;
    for (const auto& target : definitions.canonicals(type.targets)) {
        names += names.empty() ? " " : ", ";
        names.append(definitions.text(target.url));
    }
    return names;
}

}  // namespace

void Walker::check_reference(Id record, std::size_t begin, std::size_t end) {
    const Id text_record = child(record, names_.reference);
    const auto reference = text_record == 0 ? std::string_view() : text(text_record);
    const auto said_type = child_text(record, names_.type);
    if (!said_type.empty()) check_said_type(record, said_type);
    if (reference.empty()) {
        if (!said_type.empty()) check_target_types(record, definitions_.name(said_type), 0, begin, end);
        if (child(record, names_.identifier) == 0 && child(record, names_.display) == 0 &&
            child(record, names_.extension) == 0)
            say(record, {Severity::warning, Issue::required, "reference-empty"},
                [] { return std::string("Say what is referred to: by reference, identifier or display."); });
        return;
    }
    const auto parts = split_reference(reference, &definitions_);
    const auto target = resolve(parts, record);
    if (!target.found) check_missing_target(record, parts, target);
    Index type = definitions_.name(parts.type);
    if (target.found) {
        const Index real = at(target.record).type;
        if (type != 0 && type != real && !is_quiet())
            say(record, {Severity::error, Issue::structure, "reference-type-differs"}, [&] {
                return "Name the type of the target in the reference: the resource found there is another type.";
            });
        type = real;
        if (!said_type.empty() && definitions_.name(said_type) != real)
            say(record, {Severity::error, Issue::structure, "reference-type-differs"}, [&] {
                return std::string("Give in Reference.type the type of the resource that the reference leads to.");
            });
        check_target_version(record, parts, target);
    } else if (type == 0 && !said_type.empty()) {
        type = definitions_.name(said_type);
    }
    check_target_types(record, type, target.found ? target.record : 0, begin, end);
    check_aggregation(record, target, parts, begin, end);
}

void Walker::check_said_type(Id record, std::string_view said) {
    const Index type = definitions_.type(said);
    if (type != 0 && definitions_.structure_at(type).kind == fhir::Structure::Kind::resource) return;
    if (said.find(':') != std::string_view::npos) return;  // A logical model.
    say(record, {Severity::error, Issue::structure, "reference-type"},
        [] { return std::string("Give in Reference.type the name of a resource type."); });
}

void Walker::check_missing_target(Id record, const ReferenceText& parts, const Target& target) {
    if (parts.whole.front() == '#') {
        say(record, {Severity::error, Issue::not_found, "reference-contained"},
            [] { return std::string("Refer to a contained resource by its id: there is none of this id."); });
        return;
    }
    if (is_quiet()) return;
    if (!parts.is_rest && !parts.is_absolute && parts.whole.find('?') == std::string_view::npos)
        say(record, {Severity::warning, Issue::invalid, "reference-form"},
            [] { return std::string("Write a relative reference as the type, a slash and the id: Patient/123."); });
    if (!target.in_bundle) return;
    if (target.by_id_only) {
        const auto type = index_.bundle(at(entry_of(record)).parent).type;
        const bool must = type == "document" || type == "message";
        say(record, {must ? Severity::error : Severity::warning, Issue::not_found, "reference-full-url"}, [] {
            return std::string("Refer to the entry by its fullUrl: type and id alone don't lead to it from here.");
        });
        return;
    }
    if (parts.is_urn) {
        say(record, {Severity::warning, Issue::not_found, "reference-urn"}, [] {
            return std::string("Add an entry with this fullUrl to the Bundle: nobody can resolve the URN outside it.");
        });
    }
}

void Walker::check_target_version(Id record, const ReferenceText& parts, const Target& target) {
    if (target.how != Target::How::bundled) return;
    if (parts.version.empty()) {
        if (target.matches > 1)
            say(record, {Severity::error, Issue::conflict, "reference-ambiguous"}, [] {
                return std::string("Refer to one version (/_history/...): the Bundle has several entries that fit.");
            });
        return;
    }
    if (version_of(target.record) == parts.version) return;
    say(record, {Severity::error, Issue::not_found, "reference-version"}, [] {
        return std::string("Refer to the version that the Bundle holds: meta.versionId of the target is another.");
    });
}

void Walker::check_target_types(Id record, Index type, Id target, std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i) {
        const Plan& own = *actives_[i].own;
        for (const auto& allowed : definitions_.types(own.definition->types)) {
            if (allowed.code != names_.reference_type || allowed.targets.count == 0) continue;
            check_target(record, type, target, own, allowed);
        }
    }
}

void Walker::check_target(Id record, Index type, Id target, const Plan& own, const fhir::Type& allowed) {
    if (type == 0) return;
    const Index structure = definitions_.type_of_name(type);
    if (structure == 0) return;
    bool is_type_allowed = false;
    bool is_met = false;
    bool is_unknown = false;
    for (const auto& canonical : definitions_.canonicals(allowed.targets)) {
        if (canonical.structure == 0) {
            is_unknown = true;
            continue;
        }
        const auto& wanted = definitions_.structure_at(canonical.structure);
        if (!definitions_.derives(structure, definitions_.type_of_name(wanted.type))) continue;
        is_type_allowed = true;
        if (target == 0 || !wanted.is_profile) {
            is_met = true;
            break;
        }
        const Plan* root = engine_.plans.root(canonical.structure);
        if (root == nullptr || conforms(target, *root)) {
            is_met = true;
            break;
        }
    }
    if (is_unknown || is_met) return;
    if (!is_type_allowed) {
        // Without the target only its address tells the type.
        const auto severity = target == 0 ? Severity::warning : Severity::error;
        say(record, {severity, Issue::structure, "reference-target", profile_of(own)},
            [&] { return "Refer to a resource that is allowed here:" + names_of(definitions_, allowed) + "."; });
        return;
    }
    say(record, {Severity::error, Issue::structure, "reference-profile", profile_of(own)}, [&] {
        return "Refer to a resource that meets one of these profiles:" + names_of(definitions_, allowed) + ".";
    });
}

void Walker::check_aggregation(Id record, const Target& target, const ReferenceText& parts, std::size_t begin,
                               std::size_t end) {
    for (auto i = begin; i < end; ++i) {
        const Plan& own = *actives_[i].own;
        for (const auto& type : definitions_.types(own.definition->types)) {
            if (type.code != names_.reference_type) continue;
            if (type.aggregation != 0) {
                const auto how = target.how == Target::How::contained ? fhir::Type::kContained
                                 : target.how == Target::How::bundled ? fhir::Type::kBundled
                                                                      : fhir::Type::kReferenced;
                const bool bundled_or_referenced =
                    how == fhir::Type::kBundled && (type.aggregation & fhir::Type::kReferenced) != 0;
                if ((type.aggregation & how) == 0 && !bundled_or_referenced)
                    say(record, {Severity::error, Issue::structure, "reference-aggregation", profile_of(own)}, [&] {
                        std::string what = "Refer to a resource that is";
                        if (type.aggregation & fhir::Type::kContained) what += " contained,";
                        if (type.aggregation & fhir::Type::kBundled) what += " in the same Bundle,";
                        if (type.aggregation & fhir::Type::kReferenced) what += " outside,";
                        what.back() = '.';
                        return what;
                    });
            }
            using Versioning = fhir::Type::Versioning;
            const bool wrong = (type.versioning == Versioning::specific && parts.version.empty()) ||
                               (type.versioning == Versioning::independent && !parts.version.empty());
            if (wrong)
                say(record, {Severity::error, Issue::structure, "reference-versioning", profile_of(own)}, [&] {
                    return std::string(type.versioning == Versioning::specific
                                           ? "Refer to a version of the resource (/_history/...)."
                                           : "Refer to the resource without a version.");
                });
        }
    }
}

/// ref-1: a local reference leads to a contained resource.
void Walker::check_fragment(Id record) {
    const auto reference = child_text(record, names_.reference);
    if (reference.size() < 2 || reference.front() != '#') return;
    if (!resolve(reference, record).found)
        fail_constraint(record, "ref-1", "A local reference must lead to a resource that is contained.",
                        Severity::error);
}

}  // namespace causeway::validation
