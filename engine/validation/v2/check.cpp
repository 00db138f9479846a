#include "validation/v2/check.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "hl7v2/charset.hpp"
#include "hl7v2/dictionary/structure.hpp"
#include "hl7v2/naming.hpp"
#include "hl7v2/walk.hpp"

namespace causeway::validation::v2 {
namespace {

constexpr int kSequence = 100, kRequired = 101, kType = 102, kTable = 103, kLength = 104, kMessage = 200, kEvent = 201,
              kVersion = 203;

using hl7v2::Naming;
using hl7v2::Range;
using hl7v2::SegmentWalk;

std::size_t characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Types of the dictionary whose form is checked.
bool is_formed_type(std::string_view type) noexcept {
    constexpr std::array<std::string_view, 6> formed{"DT", "TM", "TS", "DTM", "NM", "SI"};
    return std::find(formed.begin(), formed.end(), type) != formed.end();
}

std::string_view called(std::string_view name) noexcept {
    return name.empty() ? std::string_view("this value") : name;
}

class Checker {
public:
    Checker(const hl7v2::Message& message, const Profile& profile, std::size_t most)
        : message_(message),
          profile_(profile),
          most_(most),
          naming_(message),
          code_(message.get("MSH-9.1")),
          event_(message.get("MSH-9.2")) {
        type_ = code_ + (event_.empty() ? "" : '^' + event_);
        number_segments();
    }

    OperationOutcome run() {
        check_header();
        check_structure();
        for (std::size_t i = 0; i < message_.index().segments().size() && !is_full(); ++i) check_segment(i);
        for (const auto& rule : profile_.rules)
            if (!is_full() && applies(rule)) check_rule(rule);
        if (is_full())
            out_.add({Severity::information,
                      Issue::informational,
                      "There are more findings, which are not listed.",
                      {},
                      {},
                      profile_.name});
        return std::move(out_);
    }

private:
    bool is_full() const noexcept { return out_.issues.size() >= most_; }

    void number_segments() {
        std::map<std::string_view, std::uint32_t> seen;
        for (const auto& segment : message_.index().segments()) numbers_.push_back(++seen[segment.name_view()]);
        for (const auto& segment : message_.index().segments()) alone_.push_back(seen[segment.name_view()] == 1);
    }

    std::string path_of(std::size_t segment) const {
        std::string out(message_.index().segments()[segment].name_view());
        return alone_[segment] ? out : out + '[' + std::to_string(numbers_[segment]) + ']';
    }

    void add(Severity severity, Issue issue, int code, std::string_view rule, std::string where, std::string text) {
        if (is_full()) return;
        Finding finding{severity, issue, std::move(text), std::move(where), std::string(rule), profile_.name};
        finding.hl7_code = code;
        out_.add(std::move(finding));
    }

    void check_header() {
        const auto version = message_.get("MSH-12.1");
        if (!profile_.versions.empty() && !profile_.versions.contains(std::string(version)))
            add(Severity::error, Issue::not_supported, kVersion, "version", "MSH-12",
                "Send a version that the profile takes: " + list(profile_.versions) + ".");
        if (!profile_.messages.empty() && !is_named(profile_.messages)) {
            const bool known_code = std::any_of(profile_.messages.begin(), profile_.messages.end(), [&](const auto& m) {
                return m.starts_with(code_) && (m.size() == code_.size() || m[code_.size()] == '^');
            });
            add(Severity::error, Issue::not_supported, known_code ? kEvent : kMessage, "message",
                known_code ? "MSH-9.2" : "MSH-9.1",
                "Send a message that the profile is for: " + list(profile_.messages) + ".");
        }
        const auto charset = message_.get("MSH-18[1]");
        const auto wanted = hl7v2::find_charset(profile_.charset);
        if (!profile_.charset.empty() && hl7v2::find_charset(charset) != wanted)
            add(Severity::error, Issue::value, kTable, "charset", "MSH-18",
                "Declare " + profile_.charset + " in MSH-18.");
    }

    static std::string list(const std::set<std::string>& names) {
        std::string out;
        for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
        return out;
    }

    bool is_named(const std::set<std::string>& messages) const {
        return messages.contains(type_) || messages.contains(code_);
    }

    void check_structure() {
        if (profile_.base.structure) check_groups(*profile_.base.structure);
        if (!profile_.other_segments) return;
        for (std::size_t i = 1; i < message_.index().segments().size(); ++i) {
            const auto name = message_.index().segments()[i].name_view();
            const bool named = std::any_of(profile_.rules.begin(), profile_.rules.end(),
                                           [&](const Rule& rule) { return rule.path.segment == name; });
            if (!named)
                add(*profile_.other_segments, Issue::structure, kSequence, "structure", path_of(i),
                    "Leave out segments that the profile does not name.");
        }
    }

    void check_groups(Severity severity) {
        const auto structure = hl7v2::Structure::of(naming_.dictionary(), code_, event_, message_.get("MSH-9.3"));
        if (!structure) return;
        std::vector<std::string_view> names;
        for (const auto& segment : message_.index().segments()) names.push_back(segment.name_view());
        const auto groups = hl7v2::group_segments(*structure, names);
        for (const auto i : groups.unexpected)
            add(severity, Issue::structure, kSequence, "structure", path_of(i),
                std::string(names[i]) + " has no place here in " + std::string(structure->name()) +
                    ": it is not read with a group.");
        std::vector<bool> present(structure->end() - structure->begin(), false);
        for (std::size_t i = 0; i < names.size(); ++i)
            if (groups.node_of_segment[i] != hl7v2::Groups::kNone)
                present[groups.node_of_segment[i] - structure->begin()] = true;
        require(severity, *structure, structure->begin(), structure->end(), present);
    }

    /// Required segments of the message itself and of groups that occur.
    void require(Severity severity, const hl7v2::Structure& structure, std::uint32_t begin, std::uint32_t end,
                 const std::vector<bool>& present) {
        for (auto node = begin; node < end; node = structure.node(node).end) {
            const auto what = structure.node(node);
            const auto first = present.begin() + static_cast<std::ptrdiff_t>(node - structure.begin());
            const auto last = present.begin() + static_cast<std::ptrdiff_t>(what.end - structure.begin());
            const bool occurs = std::find(first, last, true) != last;
            if (what.kind == hl7v2::StructureNode::Kind::group && occurs)
                require(severity, structure, node + 1, what.end, present);
            else if (what.min > 0 && !occurs)
                add(severity, Issue::required, kSequence, "structure", first_segment(structure, node),
                    std::string(structure.name()) + " requires " + described(what) + '.');
        }
    }

    static std::string described(const hl7v2::StructureNode& node) {
        if (node.kind == hl7v2::StructureNode::Kind::choice) return "one of several segments";
        return (node.kind == hl7v2::StructureNode::Kind::group ? "a group " : "a segment ") + std::string(node.name);
    }

    static std::string first_segment(const hl7v2::Structure& structure, std::uint32_t node) {
        while (structure.node(node).kind != hl7v2::StructureNode::Kind::segment) ++node;
        return std::string(structure.node(node).name);
    }

    // What the dictionary says of each field.

    void check_segment(std::size_t segment) {
        const auto& base = profile_.base;
        const SegmentWalk walk(message_, segment);
        const auto name = message_.index().segments()[segment].name_view();
        const auto definition = naming_.dictionary().segment(name);
        if (!definition) return;
        for (std::uint32_t number = 1; number <= definition->fields; ++number) {
            const auto field = naming_.field(segment, number);
            const bool empty = walk.field(number).empty();
            if (empty && base.required && field.usage == hl7v2::Usage::required)
                add(*base.required, Issue::required, kRequired, "required",
                    path_of(segment) + '-' + std::to_string(number),
                    "Send " + std::string(called(field.name)) + ": " + std::string(name) + " requires it.");
            if (!empty) check_field(segment, walk, number, field);
        }
    }

    void check_field(std::size_t segment, const SegmentWalk& walk, std::uint32_t number,
                     const hl7v2::FieldDefinition& field) {
        if (walk.is_literal(number)) return;
        auto repetitions = walk.repetitions(number);
        while (repetitions.next()) {
            const auto where = [&] {
                const auto path = path_of(segment) + '-' + std::to_string(number);
                return repetitions.number == 1 ? path : path + '[' + std::to_string(repetitions.number) + ']';
            };
            check_repetition(walk, number, repetitions.part, field, where);
        }
        const auto& base = profile_.base;
        const bool too_many = field.repetitions != 0 && repetitions.number > field.repetitions;
        if (too_many && base.repetitions)
            add(*base.repetitions, Issue::structure, kType, "repetitions",
                path_of(segment) + '-' + std::to_string(number),
                "Send " + std::string(called(field.name)) + " at most " + std::to_string(field.repetitions) +
                    (field.repetitions == 1 ? " time." : " times."));
    }

    template <class Where>
    void check_repetition(const SegmentWalk& walk, std::uint32_t number, Range range,
                          const hl7v2::FieldDefinition& field, Where where) {
        const auto& base = profile_.base;
        if (base.lengths && field.length != 0 && field.length < 65535 &&
            characters(slice(message_.utf8(), range)) > field.length)
            add(*base.lengths, Issue::too_long, kLength, "length", where(),
                "Send at most " + std::to_string(field.length) + " characters of " + std::string(called(field.name)) +
                    '.');
        if (!base.types && !base.tables) return;
        if (base.types && is_undivided(walk, number, field) && is_divided(range))
            add_divided(*base.types, field, where());
        auto components = walk.components(number, range);
        const bool has_parts = walk.has_components(number, range);
        while (components.next()) {
            auto definition = naming_.component(field, components.number);
            const bool divided = walk.has_subcomponents(number, components.part);
            if (divided && base.types && has_parts && hl7v2::Dictionary::is_primitive(definition.type))
                add_divided(*base.types, definition, where() + '.' + std::to_string(components.number));
            if (components.part.empty() || divided) continue;
            if (components.number == 1 && definition.table == 0) definition.table = field.table;
            // TS is DTM with a component that is no longer used.
            if (components.number == 1 && (field.type == "TS" || definition.type.empty())) definition.type = field.type;
            check_leaf(components.part, definition,
                       [&] { return has_parts ? where() + '.' + std::to_string(components.number) : where(); });
        }
    }

    /// Is the field of a type without components? A withdrawn field counts as what it was.
    bool is_undivided(const SegmentWalk& walk, std::uint32_t number, const hl7v2::FieldDefinition& field) const {
        static const auto& last = hl7v2::Dictionary::of("2.6");
        if (!hl7v2::Dictionary::is_primitive(field.type)) return false;
        const auto before = last.field(walk.name(), number);
        return !before || before->type == "VARIES" || hl7v2::Dictionary::is_primitive(before->type);
    }

    bool is_divided(Range range) const {
        const auto has = [&](char c) { return hl7v2::find_in(message_.utf8(), range, c) != range.end; };
        return has(message_.delimiters().component) || has(message_.delimiters().subcomponent);
    }

    void add_divided(Severity severity, const hl7v2::FieldDefinition& definition, std::string where) {
        add(severity, Issue::value, kType, "type", std::move(where),
            "Send " + std::string(called(definition.name)) +
                " as one value, its delimiters escaped: " + std::string(definition.type) + " has no components.");
    }

    template <class Where>
    void check_leaf(Range range, const hl7v2::FieldDefinition& definition, Where where) {
        const auto value = message_.value(range, scratch_);
        if (value == "\"\"") return;
        const auto& base = profile_.base;
        if (base.types && is_formed_type(definition.type) && !has_form(definition.type, value))
            add(*base.types, Issue::value, kType, "type", where(),
                "Send " + std::string(called(definition.name)) + " in the form of " + std::string(definition.type) +
                    '.');
        // Tables of type IS are for sites to fill, and so are HL7's own without codes.
        const bool coded = base.tables && definition.type == "ID" && definition.table != 0;
        if (!coded) return;
        const auto table = hl7v2::Dictionary::table(definition.table);
        if (table && table->codes > 0 && !hl7v2::Dictionary::has_code(definition.table, value))
            add(*base.tables, Issue::code_invalid, kTable, "table", where(),
                "Send a code of HL7 table " + table_name(definition.table) + " (" + std::string(table->title) + ").");
    }

    static std::string table_name(std::uint32_t number) {
        auto out = std::to_string(number);
        return std::string(out.size() < 4 ? 4 - out.size() : 0, '0') + out;
    }

    // What the profile's own rules say.

    bool applies(const Rule& rule) const {
        if (!rule.messages.empty() && !is_named(rule.messages)) return false;
        if (rule.when.empty()) return true;
        const auto holds = rule.when.test(message_.root(), {});
        return holds && *holds;
    }

    void check_rule(const Rule& rule) {
        if (rule.path.field == 0) return check_count(rule);
        auto path = rule.path;
        path.field = path.component = path.subcomponent = 0;
        path.repetition = 0;
        path.repetition_filter = {};
        for (const auto& segment : nodes(path))
            if (!is_full()) check_place(rule, segment.position().line - 1);
    }

    std::vector<tree::Node> nodes(const hl7v2::Path& path) const {
        std::vector<tree::Node> out;
        message_.select(path, out);
        return out;
    }

    static std::string because(const Rule& rule) { return rule.because.empty() ? "" : ' ' + rule.because; }

    void check_count(const Rule& rule) {
        const auto found = nodes(rule.path);
        const auto least = std::max(rule.min, rule.usage == ProfileUsage::required ? 1U : 0U);
        if (found.size() < least)
            add(rule.severity, Issue::required, kSequence, "usage", rule.path.segment,
                least == 1 ? "Send a segment " + rule.name + '.' + because(rule)
                           : "Send at least " + std::to_string(least) + " segments " + rule.name + '.' + because(rule));
        if (rule.usage == ProfileUsage::forbidden && !found.empty())
            add(rule.severity, Issue::structure, kSequence, "usage", found.front().path(),
                "Leave " + rule.name + " out." + because(rule));
        if (rule.max != 0 && found.size() > rule.max)
            add(rule.severity, Issue::structure, kSequence, "repetitions", found[rule.max].path(),
                "Send at most " + std::to_string(rule.max) + " segments " + rule.name + '.' + because(rule));
    }

    /// The rule in one segment.
    void check_place(const Rule& rule, std::size_t segment) {
        std::vector<tree::Node> found;
        message_.select_in(segment, rule.path, found);
        const auto is_value = [](const tree::Node& node) { return node.text() != "\"\""; };
        const auto values = static_cast<std::size_t>(std::count_if(found.begin(), found.end(), is_value));
        const auto least = std::max(rule.min, rule.usage == ProfileUsage::required ? 1U : 0U);
        if (values < least)
            add(rule.severity, Issue::required, kRequired, "usage", place(rule, segment),
                "Send " + named(rule) + (least == 1 ? "." : " at least " + std::to_string(least) + " times.") +
                    because(rule));
        if (rule.usage == ProfileUsage::forbidden && !found.empty())
            add(rule.severity, Issue::structure, kType, "usage", found.front().path(),
                "Leave " + named(rule) + " empty." + because(rule));
        if (rule.max != 0 && found.size() > rule.max)
            add(rule.severity, Issue::structure, kType, "repetitions", found[rule.max].path(),
                "Send " + named(rule) + " at most " + std::to_string(rule.max) + " times." + because(rule));
        for (const auto& node : found) check_value(rule, node);
    }

    /// A place that ERR can name: without a filter.
    std::string place(const Rule& rule, std::size_t segment) const {
        auto path = *hl7v2::Path::parse(path_of(segment));
        path.field = rule.path.field;
        path.repetition = rule.path.repetition;
        path.component = rule.path.component;
        path.subcomponent = rule.path.subcomponent;
        return path.text();
    }

    std::string named(const Rule& rule) const {
        const auto field = naming_.dictionary().field(rule.path.segment, rule.path.field);
        if (!field) return rule.name;
        std::string out = rule.name + " (" + std::string(field->name);
        const auto part = naming_.component(*field, rule.path.component);
        if (rule.path.component != 0 && !part.name.empty() && part.name != field->name)
            out += ", " + std::string(part.name);
        return out + ')';
    }

    void check_value(const Rule& rule, const tree::Node& node) {
        const auto value = node.text();
        if (value == "\"\"") return;
        if (!rule.type.empty() && !has_form(rule.type, value))
            add(rule.severity, Issue::value, kType, "type", node.path(),
                "Send " + named(rule) + " in the form of " + rule.type + '.' + because(rule));
        if (rule.length != 0 && characters(value) > rule.length)
            add(rule.severity, Issue::too_long, kLength, "length", node.path(),
                "Send at most " + std::to_string(rule.length) + " characters of " + named(rule) + '.' + because(rule));
        if (!rule.codes.empty() && !rule.codes.contains(std::string(value)))
            add(rule.severity, Issue::code_invalid, kTable, "table", node.path(),
                "Send one of the codes of " + named(rule) + ": " + list(rule.codes) + '.' + because(rule));
    }

    const hl7v2::Message& message_;
    const Profile& profile_;
    std::size_t most_;
    Naming naming_;
    std::string code_, event_, type_;
    std::vector<std::uint32_t> numbers_;
    std::vector<bool> alone_;
    std::string scratch_;
    OperationOutcome out_;
};

}  // namespace

bool is_for(const Profile& profile, const hl7v2::Message& message) {
    const std::string code(message.get("MSH-9.1"));
    return profile.messages.empty() || profile.messages.contains(code) ||
           profile.messages.contains(code + '^' + std::string(message.get("MSH-9.2")));
}

OperationOutcome check(const hl7v2::Message& message, const Profile& profile, std::size_t max_findings) {
    return Checker(message, profile, max_findings).run();
}

}  // namespace causeway::validation::v2
