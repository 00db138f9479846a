// What invariants ask of the validator: value sets, profiles, narratives, references.
#include "validation/walker.hpp"

namespace causeway::validation {

using Answer = fhirpath::Services::Answer;

Answer Walker::member_of(std::string_view system, std::string_view code, std::string_view value_set) const {
    const Index index = definitions_.value_set(value_set);
    if (index == 0) return Answer::unknown;
    switch (engine_.terminology->member(index, system, code).membership) {
        case Terminology::Membership::in:
            return Answer::yes;
        case Terminology::Membership::not_in:
            return Answer::no;
        default:
            return Answer::unknown;
    }
}

Answer Walker::conforms_to(const tree::Node& node, std::string_view profile) const {
    const Plan* root = engine_.plans.root(definitions_.structure(profile));
    if (root == nullptr) return Answer::not_held;
    // The question comes in the middle of a walk of this very walker, whose stacks grow and shrink again.
    auto& walker = const_cast<Walker&>(*this);
    return walker.conforms(static_cast<Id>(node.handle()), *root) ? Answer::yes : Answer::no;
}

Answer Walker::subsumes(std::string_view system, std::string_view ancestor, std::string_view descendant) const {
    switch (engine_.terminology->subsumes(system, ancestor, descendant)) {
        case Terminology::Membership::in:
            return Answer::yes;
        case Terminology::Membership::not_in:
            return Answer::no;
        default:
            return Answer::unknown;
    }
}

Answer Walker::html_checks(const tree::Node& div) const {
    return read_xhtml(div.text()).is_allowed() ? Answer::yes : Answer::no;
}

fhirpath::Environment& Walker::environment_of(Id record) {
    const Id resource = resource_of(record);
    environment_.resource = tape_.node(resource);
    environment_.root_resource = tape_.node(container_of(record));
    if (environment_.services == nullptr) {
        environment_.services = this;
        environment_.resolve = [this](std::string_view reference, const tree::Node& from) {
            if (from.document() != &tape_) return tree::Node();
            const auto target = resolve(reference, static_cast<Id>(from.handle()));
            return target.found ? tape_.node(target.record) : tree::Node();
        };
        const auto now = std::chrono::system_clock::now();
        environment_.now = Instant(std::chrono::duration_cast<Instant::duration>(now.time_since_epoch()));
    }
    return environment_;
}

}  // namespace causeway::validation
