/// The official snapshot generator tests for R4, compared element by element: path, id, slice, limits, types, fixed and
/// pattern values, bindings and keys of constraints.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "fhir/definitions/compile.hpp"
#include "support/corpus.hpp"
#include "support/definitions.hpp"

using namespace causeway;
using namespace causeway::fhir;

namespace {

struct Case {
    std::string input, output;
    std::vector<std::string> with;
    std::string named;  // "id field" of what differs, with the reason beside it.
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"obs-perf-input.json", "obs-perf-output.xml", {"reference-rest-or-logical.json"}, ""},
        {"location-qicore-input.json", "location-qicore-output.xml", {"location-uscore.json"}, ""},
        {"StructureDefinition-ratio-measure-cqfm-input.json",
         "StructureDefinition-ratio-measure-cqfm-output.xml",
         {"StructureDefinition-measure-cqfm.json"},
         ""},
        {"simple-quantity-input.xml", "simple-quantity-output.xml", {}, ""},
        {"simple-quantity-2-input.xml", "simple-quantity-2-output.xml", {}, ""},
        {"simple-quantity-3-input.xml", "simple-quantity-3-output.xml", {}, ""},
        {"nl-core-NursingIntervention-input.xml",
         "nl-core-NursingIntervention-output.json",
         {"zib-NursingIntervention-input.xml", "pattern-ZibHealthProfessionalReference.xml",
          "pattern-NlCoreHealthProfessionalReference.xml"},
         ""},
        {"zib-NursingIntervention-input.xml",
         "zib-NursingIntervention-output.json",
         {"pattern-ZibHealthProfessionalReference.xml", "pattern-NlCoreHealthProfessionalReference.xml"},
         ""},
        // The recorded output makes a slice of an open slicing compulsory because what it slices is, against the test's
        // own description: "should be unaffected".
        {"slice-cardinality-derived-input.xml",
         "slice-cardinality-derived-output.xml",
         {"slice-cardinality-base.xml"},
         "Observation.effective[x]:effectiveDateTime min"},
        {"ch-location-input.json",
         "ch-location-output.xml",
         {"ch-phone.json", "ch-email.json", "ch-internet.json"},
         ""},
        {"prov-fi-input.json", "prov-fi-output.json", {}, ""},
        {"qr-sdc-simple-input.json", "qr-sdc-simple-output.xml", {}, ""},
        {"qr-sdc-onr5-input.json", "qr-sdc-onr5-output.xml", {"qr-sdc-onr5-base.json"}, ""},
    };
    return all;
}

/// Without the version that the reference generator adds to canonicals of the core.
std::string unpinned(std::string_view canonical) {
    constexpr std::string_view kPin = "|4.0.1";
    return std::string(canonical.ends_with(kPin) ? canonical.substr(0, canonical.size() - kPin.size()) : canonical);
}

std::string joined(std::multiset<std::string> parts) {
    std::string text;
    for (const auto& part : parts) text += part + " ";
    return text;
}

using Fields = std::map<std::string, std::string>;

Fields fields_of(const Json& element) {
    Fields fields;
    fields["path"] = element("path");
    fields["slice"] = element("sliceName");
    fields["min"] = element("min");
    fields["max"] = element("max");
    fields["mustSupport"] = element("mustSupport");
    std::multiset<std::string> types;
    for (const auto& item : element["type"]) {
        types.insert(std::string((*item.value)("code")));
        for (const auto list : {"profile", "targetProfile"})
            for (const auto& canonical : (*item.value)[list])
                types.insert(list + (":" + unpinned(canonical.value->text)));
    }
    fields["types"] = joined(types);
    for (const auto& [name, value] : element)
        if (name.starts_with("fixed") || name.starts_with("pattern"))
            fields["value"] = std::string(name) + write_json(*value);
    fields["binding"] = std::string(element["binding"]("strength")) + unpinned(element["binding"]("valueSet"));
    std::multiset<std::string> keys;
    for (const auto& item : element["constraint"]) keys.insert(std::string((*item.value)("key")));
    fields["constraints"] = joined(keys);
    fields["slicing"] = element["slicing"]("rules");
    for (const auto& item : element["slicing"]["discriminator"])
        fields["slicing"] +=
            std::string(" ") + std::string((*item.value)("type")) + ":" + std::string((*item.value)("path"));
    const auto reference = element("contentReference");
    fields["contentReference"] = reference.substr(std::min(reference.size(), reference.find('#')));
    return fields;
}

std::vector<std::pair<std::string, Fields>> elements_of(const Json& definition) {
    std::vector<std::pair<std::string, Fields>> all;
    for (const auto& item : definition["snapshot"]["element"])
        all.emplace_back(std::string((*item.value)("id")), fields_of(*item.value));
    return all;
}

std::set<std::string> differences(const Json& ours, const Json& theirs) {
    std::set<std::string> found;
    const auto a = elements_of(ours);
    const auto b = elements_of(theirs);
    const std::map<std::string, Fields> by_id(a.begin(), a.end());
    std::vector<std::string> order_a, order_b;
    for (const auto& [id, fields] : a) order_a.push_back(id);
    for (const auto& [id, fields] : b) {
        order_b.push_back(id);
        const auto held = by_id.find(id);
        if (held == by_id.end()) {
            found.insert(id + " missing");
            continue;
        }
        for (const auto& [name, value] : fields)
            if (held->second.contains(name) ? held->second.at(name) != value : !value.empty())
                found.insert(id + " " + name);
    }
    if (order_a != order_b) found.insert("order");
    return found;
}

}  // namespace

TEST_CASE("snapshot: the official generator's results") {
    const auto folder = test::corpus("fhir/snapshot-generation/rX");
    if (folder.empty()) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    std::size_t same = 0;
    for (const auto& item : cases()) {
        CAPTURE(item.input);
        Documents documents(test::r4()), expected(test::r4());
        REQUIRE(documents.add(folder / item.input).has_value());
        for (const auto& other : item.with) REQUIRE(documents.add(folder / other).has_value());
        REQUIRE(expected.add(folder / item.output).has_value());
        const auto made = extend(test::r4(), documents);
        REQUIRE(made.has_value());
        for (const auto& issue : made->issues) FAIL_CHECK(issue.where << ": " << issue.what);
        const auto& definitions = *made->definitions;
        JsonArena arena;
        const auto index = definitions.structure((*documents.items().front().json)("url"));
        const auto ours = arena.parse(definitions.structure_json(index));
        REQUIRE(ours.has_value());
        const auto found = differences(**ours, *expected.items().front().json);
        if (found.empty()) ++same;
        for (const auto& difference : found)
            if (difference != item.named) FAIL_CHECK(difference);
    }
    MESSAGE(same << " of " << cases().size() << " official snapshots are the same");
    CHECK(same + 1 >= cases().size());
}
