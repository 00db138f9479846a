#pragma once
/// People and organisations as both standards name them.

#include <array>
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
    std::string assembly;                ///< Table 0444: G given name first, F family name first.
    std::array<std::string, 4> surname;  ///< FN-2 to -5: own prefix, own name, the partner's prefix and name.

    bool empty() const { return family.empty() && given.empty() && text.empty(); }
    std::string display() const;
};

/// A practitioner: XCN, or a Practitioner (PractitionerRole, Reference).
struct Person {
    std::string value;  ///< Identifier.
    std::string system;
    std::string type;  ///< Table 0203, where it says more than the system: XCN-13.
    PersonName name;

    std::string display() const { return name.display(); }
};

struct OrganisationName {
    std::string code;
    std::string system;  ///< ODS where it has one of those.
    std::string type;    ///< Table 0203.
    std::string name;
};

using Resolve = std::function<tree::Node(std::string_view, const tree::Node&)>;

/// Where XPN and XCN keep what they do not have in the same order.
struct NameComponents {
    unsigned first, use, range, assembly, start, end, suffix;
};
constexpr NameComponents kXpn{1, 7, 10, 11, 12, 13, 14};
constexpr NameComponents kXcn{2, 10, 17, 18, 19, 20, 21};

PersonName name_in(const V2Input& in, const NameComponents& at);
Person person_in(const V2Input& in);
JsonValue& human_name(JsonArena& json, const PersonName& name);
PersonName name_of(const tree::Node& human_name);

/// Follows a Reference and a PractitionerRole to the person, or to the organisation.
Person person_of(const tree::Node& node, const Resolve& resolve);
OrganisationName organisation_of(const tree::Node& node, const Resolve& resolve);

V2Values write_person(const Person& person);
void add_name(std::vector<V2Part>& parts, const NameComponents& at, const PersonName& name);

}  // namespace causeway::mapping
