#include "validation/services.hpp"

#include "validation/walker.hpp"
#include "validation/xhtml.hpp"

namespace causeway::validation {
namespace {

using Answer = fhirpath::Services::Answer;

Answer answer(Terminology::Membership membership) {
    switch (membership) {
        case Terminology::Membership::in:
            return Answer::yes;
        case Terminology::Membership::not_in:
            return Answer::no;
        default:
            return Answer::unknown;
    }
}

}  // namespace

Answer TerminologyServices::member_of(std::string_view system, std::string_view code,
                                      std::string_view value_set) const {
    const auto index = engine_.definitions->value_set(value_set);
    if (index == 0) return Answer::unknown;
    return answer(engine_.terminology->member(index, system, code).membership);
}

Answer TerminologyServices::subsumes(std::string_view system, std::string_view ancestor,
                                     std::string_view descendant) const {
    return answer(engine_.terminology->subsumes(system, ancestor, descendant));
}

Answer TerminologyServices::html_checks(const tree::Node& div) const {
    return read_xhtml(div.text()).is_allowed() ? Answer::yes : Answer::no;
}

Answer DocumentServices::conforms_to(const tree::Node& node, std::string_view profile) const {
    if (engine_.plans.root(engine_.definitions->structure(profile)) == nullptr) return Answer::not_held;
    const auto* tape = dynamic_cast<const fhir::Tape*>(node.document());
    if (tape == nullptr || tape->definitions() != engine_.definitions) return Answer::unknown;
    Findings findings(*tape, engine_.options);
    return Walker(engine_, *tape, findings).conforms_to(node, profile);
}

Answer Walker::conforms_to(const tree::Node& node, std::string_view profile) const {
    const auto record = static_cast<Id>(node.handle());
    auto structure = definitions_.structure(profile);
    // What derives from a base type has more elements than that, and is right as what it is itself.
    const auto own = definitions_.type_of_name(at(record).type);
    if (!definitions_.structure_at(structure).is_profile && definitions_.derives(own, structure)) structure = own;
    const Plan* root = engine_.plans.root(structure);
    if (root == nullptr) return Answer::not_held;
    // The question comes in the middle of a walk of this very walker, whose stacks grow and shrink again.
    auto& walker = const_cast<Walker&>(*this);
    return walker.conforms(record, *root) ? Answer::yes : Answer::no;
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
