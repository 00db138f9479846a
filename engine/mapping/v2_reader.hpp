#pragma once
/// Reads values of an HL7 v2 message by path, within the groups that rows stand in, and remembers what was read.

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/regex.hpp"
#include "hl7v2/document.hpp"
#include "hl7v2/path.hpp"
#include "tree/node.hpp"

namespace causeway::mapping {

/// A place of the message with its segment, so that a type can look at its neighbours (OBX-3 beside OBX-5); or a plain
/// value, which stands nowhere.
struct V2Place {
    static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

    hl7v2::Span span;
    std::uint32_t segment = kNowhere;  ///< From 0.
    std::string_view plain;            ///< A plain value.

    bool is_plain() const noexcept { return segment == kNowhere; }
};

using V2Places = std::vector<V2Place>;

/// Lifetime: as long as the message. Texts that it gives live as long as the message, or as the plain value.
/// Threads: one.
class V2Reader {
public:
    /// The three characters of a segment's name as a number; 0 for what is no such name.
    using SegmentName = std::uint32_t;
    static SegmentName number_of(std::string_view name) noexcept;

    /// Of any other document than an HL7 v2 message (and of none) it reads nothing.
    explicit V2Reader(const tree::Node& root);

    /// All places that the path names in the innermost group that holds its segment, in place of what `out` held.
    void select(const hl7v2::Path& path, V2Places& out) const;
    V2Places select(const hl7v2::Path& path) const;
    /// The same in a place of the reader's own, which the next call takes.
    V2Places& find(const hl7v2::Path& path) {
        select(path, found_);
        return found_;
    }
    /// Text of the first place; empty where there is none. Counts as read.
    std::string_view get(const hl7v2::Path& path);
    std::string_view get(std::string_view path);

    /// Decoded text of a place: its own, or that of its first component. Counts as read; `""` gives nothing.
    std::string_view text(const V2Place& place);
    /// Text of a component (and sub-component) of a field, from 1; the field itself is its first component.
    std::string_view component(const V2Place& field, unsigned component, unsigned subcomponent = 0);
    /// The same without counting as read.
    std::string_view peek(const V2Place& field, unsigned component) const;
    /// All of a place as one text: what delimits parts elsewhere is text in a type that has none (TX, FT, ST), where a
    /// sender forgot to escape it. Counts as read; `""` gives nothing.
    std::string_view verbatim(const V2Place& place);
    /// The same of a component of a field.
    std::string_view verbatim(const V2Place& field, unsigned component);
    /// How many repetitions without a value stand between these two of one field.
    static std::size_t gap(const V2Place& first, const V2Place& next) noexcept;
    /// Everything below a place, joined with ^ and & as it was written. Counts as read.
    std::string whole(const V2Place& place, char separator = '^');
    /// Is that this text? Counts as read.
    bool is_whole(const V2Place& place, std::string_view text);
    /// Is it `""`, the sender's wish to delete?
    bool is_null(const V2Place& place) const;
    /// Does exists() pass over what the path led to? `""` is no value; a segment is there whatever it holds.
    bool is_deleted(const hl7v2::Path& path, const V2Place& place) const { return path.field != 0 && is_null(place); }
    bool has_value(const V2Place& place) const;
    /// "PID-3[1]"; empty for a plain value.
    std::string path(const V2Place& place) const;
    /// The place for those who read trees; nothing for a plain value.
    tree::Node node(const V2Place& place) const;
    /// Another field of the place's segment, its first repetition; nothing where it is empty.
    V2Place neighbour(const V2Place& place, unsigned field) const;
    std::string_view segment_name(const V2Place& place) const;

    /// One round of `for`: paths to these segments (and to one field repetition) stay within it.
    struct Scope {
        std::vector<SegmentName> names;       ///< Segments that this group holds.
        std::vector<std::uint32_t> segments;  ///< From 0.
        unsigned field = 0;                   ///< A `for` over repetitions: that field of names[0] ...
        V2Place repetition;                   ///< ... is this one.
        /// More names that it holds, which all rounds have in common: a sender's thousand Z names, kept once.
        std::shared_ptr<const std::vector<SegmentName>> shared_names;

        bool holds(SegmentName name) const;
    };
    void enter(Scope scope) {
        scopes_.push_back(std::move(scope));
        ++round_;
    }
    void leave() {
        scopes_.pop_back();
        ++round_;
    }
    /// Another number whenever paths may lead elsewhere; from 1.
    std::uint32_t round() const noexcept { return round_; }
    /// The rounds of `for PATH with NAMES`; `joined` keeps the pieces of one attachment together. A path of groups
    /// alone has their occurrences.
    std::vector<Scope> rounds(const hl7v2::Path& path, const std::vector<std::string>& with, bool joined) const;
    /// What a round is about: its repetition, or its first segment.
    V2Place head(const Scope& scope) const;

    /// What a pattern gave for a text, the last time that one was asked.
    struct Match {
        std::shared_ptr<const fhirpath::Regex> pattern;
        std::string text;
        std::optional<bool> found;
    };
    Match& last_match() noexcept { return last_match_; }

    void mark(const V2Place& place);
    /// Paths with a value that nobody read, each as high in the tree as nothing below it was read.
    std::vector<std::string> lost() const;

private:
    using Span = hl7v2::Span;

    const hl7v2::Spans& spans() const noexcept { return message_->spans(); }
    /// The place that begins there: rows ask for the same ones again and again.
    const Span& at(hl7v2::Level level, std::uint32_t number, std::uint32_t begin) const noexcept;
    template <class Visit>
    void split(hl7v2::Level level, hl7v2::Range whole, std::uint32_t number, std::uint32_t step, Visit& visit) const;
    template <class Visit>
    void repetitions(std::uint32_t segment, std::uint32_t field, Visit visit) const {
        split(hl7v2::Level::field, spans().index().field(segment, field), field, 0, visit);
    }
    const Scope* scope_of(SegmentName segment) const;
    template <class Visit>
    void each_segment(const hl7v2::Path& path, SegmentName name, const Scope* scope, Visit visit) const;
    template <class Visit>
    void each_part(const Span& place, Visit visit) const;
    void add(const hl7v2::Path& path, std::uint32_t segment, const Span& field, V2Places& out) const;
    bool keeps_segment(const hl7v2::PathFilter& filter, std::uint32_t segment) const;
    bool keeps(const hl7v2::PathFilter& filter, const Span& field) const;
    bool is_part(const Span& place, unsigned second, const std::string& value) const;
    Span part(const Span& whole, unsigned number) const;
    Span component_of(const Span& field, unsigned number) const;
    bool first_leaf(Span& place) const;
    std::string_view first_text(const Span& place) const;
    bool has_value(const Span& place) const;
    void mark(const Span& place) { read_[place.begin] |= flag(place); }
    std::string_view text(Span place);
    std::string_view verbatim(const Span& place);
    std::string whole(const Span& place, char separator);
    std::vector<Scope> rounds_of_groups(const std::vector<hl7v2::PathGroup>& path) const;
    std::vector<std::uint32_t> group(std::uint32_t head, const std::vector<SegmentName>& names) const;
    bool continues(std::uint32_t previous, std::uint32_t segment) const;
    Span first_repetition(std::uint32_t segment, unsigned field) const;
    bool was_read(const Span& place) const;
    bool any_read(const Span& place) const;
    void collect_lost(const Span& place, std::vector<std::string>& out) const;

    static std::uint8_t flag(const Span& place) noexcept {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(place.level));
    }

    const hl7v2::IndexedMessage* message_ = nullptr;
    std::uint32_t segments_ = 0;
    std::vector<SegmentName> names_;      ///< Of the segments.
    std::vector<std::uint64_t> by_name_;  ///< Name and number of each segment, sorted.
    std::vector<Scope> scopes_;
    std::uint32_t round_ = 1;
    /// The components of fields that were read lately: types ask for one after the other.
    struct Split {
        std::uint32_t begin = ~std::uint32_t{0};
        std::vector<Span> components;  ///< By number, from 1.
    };
    mutable std::array<Split, 16> splits_;
    mutable std::vector<Span> known_;  ///< As many as a power of two.
    std::vector<std::uint8_t> read_;   ///< By offset: which levels of place that begin there were read.
    V2Places found_;
    std::deque<std::string> verbatim_;  ///< Texts that stand nowhere so.
    Match last_match_;
};

}  // namespace causeway::mapping
