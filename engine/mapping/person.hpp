#pragma once
/// People and organisations as both standards name them.

#include <functional>
#include <string>
#include <vector>

#include "mapping/type.hpp"

namespace causeway::mapping {

/// HumanName or the name parts of XPN and XCN.
struct PersonName {
    std::string family;
    std::vector<std::string> given;
    std::vector<std::string> prefix;
    std::vector<std::string> suffix;
    std::string use;
    std::string text;

    bool empty() const { return family.empty() && given.empty() && text.empty(); }
    std::string display() const;
};

/// A practitioner: XCN, or a Practitioner (PractitionerRole, Reference).
struct Person {
    std::string value;  ///< Identifier.
    std::string system;
    PersonName name;

    std::string display() const { return name.display(); }
};

struct OrganisationName {
    std::string ods;
    std::string name;
};

using Resolve = std::function<tree::Node(std::string_view, const tree::Node&)>;

/// The name parts that start at component `first`: family, given, further given, suffix, prefix, degree.
PersonName name_in(const V2Input& in, unsigned first);
Person person_in(const V2Input& in);
JsonValue& human_name(JsonArena& json, const PersonName& name);
PersonName name_of(const tree::Node& human_name);

/// Follows a Reference and a PractitionerRole to the person, or to the organisation.
Person person_of(const tree::Node& node, const Resolve& resolve);
OrganisationName organisation_of(const tree::Node& node, const Resolve& resolve);

V2Values write_person(const Person& person);
/// Name parts from component `first` on.
void add_name(std::vector<V2Part>& parts, unsigned first, const PersonName& name);

}  // namespace causeway::mapping
