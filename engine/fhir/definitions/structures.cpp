/// StructureDefinition into tables.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "fhir/definitions/builder.hpp"
#include "fhir/definitions/corrections.hpp"

namespace causeway::fhir {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSystemTypes = "http://hl7.org/fhirpath/System.";

const Json kNothing(std::pmr::null_memory_resource());

std::uint32_t number(std::string_view text, std::uint32_t fallback) noexcept {
    std::uint32_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() ? value : fallback;
}

std::uint32_t maximum(std::string_view text) noexcept {
    return text == "*" ? Element::kUnbounded : number(text, Element::kUnbounded);
}

/// FHIR's type of System.X where no extension tells it (R4 names it only for some).
std::string_view fhir_type(std::string_view system_type) noexcept {
    static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
        {"String", "string"}, {"Boolean", "boolean"},   {"Integer", "integer"}, {"Decimal", "decimal"},
        {"Date", "date"},     {"DateTime", "dateTime"}, {"Time", "time"},       {"Quantity", "Quantity"}};
    for (const auto& [system, type] : kTypes)
        if (system_type == system) return type;
    return "string";
}

/// "fixedUri" → "uri", "patternCodeableConcept" → "CodeableConcept": by the list of primitives that begin small.
std::string type_of_choice(std::string_view suffix) {
    static const std::set<std::string_view> kPrimitives = {
        "Base64Binary", "Boolean",     "Canonical", "Code",     "Date", "DateTime",    "Decimal",
        "Id",           "Instant",     "Integer",   "Markdown", "Oid",  "PositiveInt", "String",
        "Time",         "UnsignedInt", "Uri",       "Url",      "Uuid", "Integer64"};
    std::string type(suffix);
    if (kPrimitives.contains(suffix)) type[0] = static_cast<char>(type[0] + ('a' - 'A'));
    return type;
}

class StructureCompiler {
public:
    StructureCompiler(Builder& builder, const Json& definition) : b_(builder), definition_(definition) {}

    void run() {
        index_ = static_cast<Index>(b_.t.structures.size());
        b_.t.structures.push_back(head());
        for (const auto& constraint : definition_["differential"]["element"])
            for (const auto& item : (*constraint.value)["constraint"]) own_constraints_.insert((*item.value)("key"));
        const auto first = static_cast<Index>(b_.t.elements.size());
        for (const auto& element : definition_["snapshot"]["element"]) add(*element.value);
        auto& structure = b_.t.structures[index_];
        structure.elements = {first, static_cast<std::uint32_t>(b_.t.elements.size()) - first};
        structure.pattern = pattern_;
        if (structure.elements.count == 0) structure.is_complete = 0, structure.elements = {};
        b_.set_base(index_, definition_("baseDefinition"));
        b_.t.structure_sources.push_back(b_.keep(definition_));
    }

private:
    Structure head() {
        Structure structure;
        structure.url = b_.text(definition_("url"));
        structure.version = b_.text(definition_("version"));
        structure.title = b_.text(definition_.has("title") ? definition_("title") : definition_("name"));
        structure.type = b_.name(definition_("type"));
        const auto kind = definition_("kind");
        structure.kind = kind == "primitive-type" ? Structure::Kind::primitive_type
                         : kind == "complex-type" ? Structure::Kind::complex_type
                         : kind == "logical"      ? Structure::Kind::logical
                                                  : Structure::Kind::resource;
        structure.is_abstract = definition_["abstract"].is_true();
        structure.is_profile = definition_("derivation") == "constraint";
        structure.contexts = contexts();
        structure.context_invariants = context_invariants();
        return structure;
    }

    // STU3 has contextType beside a list of texts.
    Range contexts() {
        const auto kind_of = [](std::string_view code) {
            if (code == "fhirpath") return Context::Kind::fhirpath;
            return code == "extension" ? Context::Kind::extension : Context::Kind::element;
        };
        const auto first = static_cast<Index>(b_.t.contexts.size());
        for (const auto& item : definition_["context"]) {
            const auto& context = *item.value;
            const bool is_object = context.is_object();
            b_.t.contexts.push_back({kind_of(is_object ? context("type") : definition_("contextType")),
                                     b_.text(is_object ? context("expression") : context.text)});
        }
        return {first, static_cast<std::uint32_t>(b_.t.contexts.size()) - first};
    }

    Range context_invariants() {
        std::vector<Index> list;
        for (const auto& item : definition_["contextInvariant"]) {
            Constraint constraint;
            constraint.key = b_.text("context");
            constraint.expression = b_.text(item.value->text);
            constraint.human = b_.text("The extension stands where its definition allows it.");
            constraint.source = b_.text(definition_("url"));
            list.push_back(b_.constraint(constraint));
        }
        return keep(list);
    }

    Range keep(const std::vector<Index>& constraints) {
        const Range range{static_cast<Index>(b_.t.constraint_lists.size()),
                          static_cast<std::uint32_t>(constraints.size())};
        b_.t.constraint_lists.insert(b_.t.constraint_lists.end(), constraints.begin(), constraints.end());
        return range;
    }

    void add(const Json& json) {
        Element element;
        const auto path = json("path");
        element.structure = index_;
        element.path = b_.text(path);
        element.id = b_.text(json.has("id") ? json("id") : path);
        const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
        auto name = depth == 0 ? std::string_view() : path.substr(path.rfind('.') + 1);
        if (name.ends_with("[x]")) {
            name.remove_suffix(3);
            element.flags |= Element::kChoice;
        }
        element.name = b_.name(name);
        element.min = number(json("min"), 0);
        element.max = maximum(json("max"));
        element.max_length = number(json("maxLength"), 0);
        set_flags(element, json);
        element.types = types(json, depth, name);
        for (Index i = element.types.first; i < element.types.first + element.types.count; ++i) {
            const auto code = b_.name_text(b_.t.types[i].code);
            if (code == "Resource") element.flags |= Element::kResourceSlot;
            if (code == "xhtml" && depth > 0 && name != "value") element.flags |= Element::kXhtml;
        }
        element.constraints = constraints(json);
        element.slicing = slicing(json["slicing"]);
        element.binding = binding(json["binding"]);
        element.fixed = literal(json, "fixed");
        element.pattern = literal(json, "pattern");
        element.min_value = literal(json, "minValue");
        element.max_value = literal(json, "maxValue");
        const auto index = static_cast<Index>(b_.t.elements.size());
        b_.t.elements.push_back(element);
        if (json.has("contentReference")) b_.set_content_reference(index, json("contentReference"));
        hang(index, depth, json("sliceName"));
    }

    static void set_flags(Element& element, const Json& json) {
        const auto set = [&](bool holds, Element::Flag flag) {
            if (holds) element.flags = static_cast<std::uint16_t>(element.flags | flag);
        };
        set(json["isModifier"].is_true(), Element::kModifier);
        set(json["mustSupport"].is_true(), Element::kMustSupport);
        set(json["isSummary"].is_true(), Element::kSummary);
        for (const auto& item : json["representation"]) set(item.value->text == "xmlAttr", Element::kXmlAttribute);
        const auto max = json["base"].has("max") ? json["base"]("max") : json("max");
        set(maximum(max) > 1, Element::kList);
    }

    // Hangs an element into the tree: parents are known by depth, as snapshots are in order.
    void hang(Index index, std::size_t depth, std::string_view slice) {
        path_.resize(std::min(path_.size(), depth));
        while (path_.size() < depth) path_.push_back(path_.empty() ? 0 : path_.back());
        auto& element = b_.t.elements[index];
        if (depth > 0) {
            element.parent = path_[depth - 1];
            if (slice.empty() || !hang_slice(index, slice)) hang_child(index);
        }
        path_.push_back(index);
    }

    void hang_child(Index index) {
        auto& element = b_.t.elements[index];
        auto& parent = b_.t.elements[element.parent];
        const auto last = std::exchange(last_child_[element.parent], index);
        if (last == 0) {
            parent.first_child = index;
        } else {
            b_.t.elements[last].next_sibling = index;
            element.order = static_cast<std::uint16_t>(b_.t.elements[last].order + 1);
        }
    }

    // "a/b" hangs on the slice "a", others on the element that they slice. False where there is none.
    bool hang_slice(Index index, std::string_view slice) {
        auto& element = b_.t.elements[index];
        const auto find = [&](std::string_view name) -> Index {
            const auto found = by_slice_.find({element.parent, element.name, std::string(name)});
            return found == by_slice_.end() ? 0 : found->second;
        };
        Index sliced = 0;
        if (const auto slash = slice.rfind('/'); slash != std::string_view::npos) sliced = find(slice.substr(0, slash));
        if (sliced == 0)
            for (auto at = b_.t.elements[element.parent].first_child; at != 0; at = b_.t.elements[at].next_sibling)
                if (b_.t.elements[at].name == element.name) sliced = at;
        if (sliced == 0) return false;
        element.flags |= Element::kSlice;
        element.slice_name = b_.name(slice);
        element.order = b_.t.elements[sliced].order;
        by_slice_[{element.parent, element.name, std::string(slice)}] = index;
        auto* next = &b_.t.elements[sliced].first_slice;
        while (*next != 0) next = &b_.t.elements[*next].next_slice;
        *next = index;
        return true;
    }

    Range types(const Json& json, std::size_t depth, std::string_view name) {
        const auto first = b_.t.types.size();
        for (const auto& item : json["type"]) add_type(*item.value, first, depth, name);
        return {static_cast<Index>(first), static_cast<std::uint32_t>(b_.t.types.size() - first)};
    }

    std::string_view code_of(const Json& json, std::size_t depth, std::string_view name) const {
        auto code = json("code");
        // STU3 leaves out the code of the values of primitive types.
        if (code.empty()) code = definition_("kind") == "primitive-type" ? definition_("type") : "string"sv;
        if (!code.starts_with(kSystemTypes)) return code;
        // The specification says "id" (resource.html#id); its definitions say "string" by mistake.
        if (name == "id" && depth == 1 && definition_("kind") == "resource") return "id";
        if (name == "value" && definition_("kind") == "primitive-type") return definition_("type");
        const auto& told = extension(json, "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type");
        return told ? told.text : fhir_type(code.substr(kSystemTypes.size()));
    }

    void add_type(const Json& json, std::size_t first, std::size_t depth, std::string_view name) {
        const auto code = b_.name(code_of(json, depth, name));
        if (const auto& regex = extension(json, "http://hl7.org/fhir/StructureDefinition/regex");
            regex && name == "value" && definition_("kind") == "primitive-type")
            pattern_ = b_.text(regex.text);
        Type type;
        type.code = code;
        type.profiles = canonicals(json["profile"], json["_profile"]);
        type.targets = canonicals(json["targetProfile"]);
        for (const auto& item : json["aggregation"]) {
            const auto mode = item.value->text;
            type.aggregation = static_cast<std::uint16_t>(type.aggregation | (mode == "contained"    ? Type::kContained
                                                                              : mode == "referenced" ? Type::kReferenced
                                                                                                     : Type::kBundled));
        }
        const auto versioning = json("versioning");
        type.versioning = versioning == "independent" ? Type::Versioning::independent
                          : versioning == "specific"  ? Type::Versioning::specific
                                                      : Type::Versioning::either;
        if (!merge(type, first)) b_.t.types.push_back(type);
    }

    // STU3 repeats a type for each profile and target; here each type stands once. The canonicals of the two lie one
    // after the other only by chance, so they are written again.
    bool merge(const Type& type, std::size_t first) {
        for (auto i = first; i < b_.t.types.size(); ++i) {
            auto& held = b_.t.types[i];
            if (held.code != type.code) continue;
            held.profiles = joined(held.profiles, type.profiles);
            held.targets = joined(held.targets, type.targets);
            held.aggregation = static_cast<std::uint16_t>(held.aggregation | type.aggregation);
            return true;
        }
        return false;
    }

    Range joined(Range a, Range b) {
        if (b.count == 0) return a;
        if (a.count == 0) return b;
        std::vector<Canonical> all;
        const auto add = [&](const Canonical& canonical) {
            for (const auto& held : all)
                if (held.url.offset == canonical.url.offset && held.url.length == canonical.url.length) return;
            all.push_back(canonical);
        };
        for (const auto range : {a, b})
            for (Index i = range.first; i < range.first + range.count; ++i) add(b_.t.canonicals[i]);
        const Range range{static_cast<Index>(b_.t.canonicals.size()), static_cast<std::uint32_t>(all.size())};
        b_.t.canonicals.insert(b_.t.canonicals.end(), all.begin(), all.end());
        return range;
    }

    Range canonicals(const Json& json, const Json& more = kNothing) {
        const auto first = static_cast<Index>(b_.t.canonicals.size());
        if (json.kind == Json::Kind::text) b_.t.canonicals.push_back({b_.text(json.text), 0});
        for (std::size_t i = 0; i < json.size(); ++i) {
            std::string url(json.item(i).text);
            // Not the whole profile, but the definition of one element in it.
            const auto& element =
                extension(more.item(i), "http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element");
            if (element) url += "#" + std::string(element.text);
            if (!url.empty()) b_.t.canonicals.push_back({b_.text(url), 0});
        }
        return {first, static_cast<std::uint32_t>(b_.t.canonicals.size()) - first};
    }

    Range constraints(const Json& json) {
        std::vector<Index> list;
        for (const auto& item : json["constraint"]) {
            const auto& constraint = *item.value;
            const auto index = b_.constraint(compile(constraint));
            if (std::find(list.begin(), list.end(), index) == list.end()) list.push_back(index);
        }
        return keep(list);
    }

    Constraint compile(const Json& json) {
        Constraint constraint;
        constraint.key = b_.text(json("key"));
        constraint.expression = b_.text(corrected(json("key"), json("expression")));
        constraint.human = b_.text(json("human"));
        constraint.is_warning = json("severity") == "warning";
        constraint.is_best_practice =
            extension(json, "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice").is_true();
        if (json.has("source")) {
            constraint.source = b_.text(json("source"));
        } else if (own_constraints_.contains(json("key"))) {
            constraint.source = b_.text(definition_("url"));
        }
        return constraint;
    }

    Index slicing(const Json& json) {
        if (!json) return 0;
        Slicing slicing;
        const auto first = static_cast<Index>(b_.t.discriminators.size());
        for (const auto& item : json["discriminator"]) b_.t.discriminators.push_back(discriminator(*item.value));
        slicing.discriminators = {first, static_cast<std::uint32_t>(b_.t.discriminators.size()) - first};
        const auto rules = json("rules");
        slicing.rules = rules == "closed"      ? Slicing::Rules::closed
                        : rules == "openAtEnd" ? Slicing::Rules::open_at_end
                                               : Slicing::Rules::open;
        slicing.ordered = json["ordered"].is_true();
        b_.t.slicings.push_back(slicing);
        return static_cast<Index>(b_.t.slicings.size() - 1);
    }

    Discriminator discriminator(const Json& json) {
        const auto kind = json("type");
        Discriminator made;
        made.kind = kind == "exists"    ? Discriminator::Kind::exists
                    : kind == "pattern" ? Discriminator::Kind::pattern
                    : kind == "type"    ? Discriminator::Kind::type
                    : kind == "profile" ? Discriminator::Kind::profile
                                        : Discriminator::Kind::value;
        made.path = b_.text(json("path"));
        return made;
    }

    /// "#id" names what the definition contains.
    Text canonical_text(std::string_view canonical) {
        if (!canonical.starts_with('#')) return b_.text(canonical);
        return b_.text(std::string(definition_("url")).append(canonical));
    }

    Index binding(const Json& json) {
        if (!json) return 0;
        Binding binding;
        const auto strength = json("strength");
        binding.strength = strength == "required"     ? Binding::Strength::required
                           : strength == "extensible" ? Binding::Strength::extensible
                           : strength == "preferred"  ? Binding::Strength::preferred
                                                      : Binding::Strength::example;
        // STU3: valueSetUri or valueSetReference.
        const auto value_set = json.has("valueSet")      ? json("valueSet")
                               : json.has("valueSetUri") ? json("valueSetUri")
                                                         : json["valueSetReference"]("reference");
        binding.value_set = canonical_text(value_set);
        const auto& max = extension(json, "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet");
        binding.max_value_set = canonical_text(max.is_object() ? max("reference") : max.text);
        b_.t.bindings.push_back(binding);
        return static_cast<Index>(b_.t.bindings.size() - 1);
    }

    Index literal(const Json& json, std::string_view prefix) {
        const auto found = choice(json, prefix);
        if (!found.value) return 0;
        b_.t.literals.push_back({b_.name(type_of_choice(found.type)), b_.text(write_json(*found.value))});
        return static_cast<Index>(b_.t.literals.size() - 1);
    }

    Builder& b_;
    const Json& definition_;
    Index index_ = 0;
    Text pattern_;
    std::vector<Index> path_;
    std::map<Index, Index> last_child_;
    std::map<std::tuple<Index, Index, std::string>, Index> by_slice_;
    std::set<std::string_view> own_constraints_;
};

}  // namespace

void Builder::add_structure(const Json& definition) {
    StructureCompiler(*this, definition).run();
}

}  // namespace causeway::fhir
