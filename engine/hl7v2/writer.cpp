#include "hl7v2/writer.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "hl7v2/segment_names.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::uint32_t kMostRepetitions = 65535;
constexpr std::uint16_t kCharset = 18;

void check(std::uint16_t field, std::uint32_t repetition) {
    if (field == 0 || repetition == 0 || repetition > kMostRepetitions)
        throw std::out_of_range("fields and repetitions count from 1 to 65535");
}

}  // namespace

Result<Writer> Writer::with(Delimiters delimiters) {
    delimiters.truncation = '\0';
    Delimiters read;
    if (read_delimiters(delimiters.field, delimiters.msh2(), read) != DelimiterState::standard || read != delimiters)
        return fail(Issue::value, "MSH-2", "Give five different delimiters, the escape character among them.");
    Writer writer;
    writer.delimiters_ = delimiters;
    return writer;
}

void Writer::segment(std::string_view name) {
    if (!is_segment_name(name)) throw std::invalid_argument("a segment name has three capitals or digits");
    segments_.push_back({std::string(name), {}});
}

void Writer::set(std::uint16_t field, std::uint32_t repetition, std::uint16_t component, std::uint16_t subcomponent,
                 std::string_view value) {
    if (segments_.empty()) throw std::logic_error("a value needs a segment");
    check(field, repetition);
    auto& segment = segments_.back();
    if (segment.name == "MSH" && field <= 2) return;
    segment.places.push_back({field, repetition, std::max<std::uint16_t>(component, 1),
                              std::max<std::uint16_t>(subcomponent, 1), std::string(value)});
}

void Writer::segment(std::string_view name, std::vector<Place> places) {
    segment(name);
    for (const auto& place : places) check(place.field, place.repetition);
    if (name == "MSH") std::erase_if(places, [](const Place& place) { return place.field <= 2; });
    segments_.back().places = std::move(places);
}

/// Sorted, one a place, without empty values. Most come so already.
std::vector<const Writer::Place*> Writer::in_order(const std::vector<Place>& places) {
    const auto key = [](const Place* p) { return std::tie(p->field, p->repetition, p->component, p->subcomponent); };
    std::vector<const Place*> out;
    out.reserve(places.size());
    for (const auto& place : places) out.push_back(&place);
    const auto is_before = [&](const Place* a, const Place* b) { return key(a) < key(b); };
    const auto is_late = [&](const Place* a, const Place* b) { return !is_before(a, b); };
    if (std::adjacent_find(out.begin(), out.end(), is_late) != out.end()) {
        std::stable_sort(out.begin(), out.end(), is_before);
        // The last one of a place counts.
        const auto is_same = [&](const Place* a, const Place* b) { return key(a) == key(b); };
        out.erase(out.begin(), std::unique(out.rbegin(), out.rend(), is_same).base());
    }
    std::erase_if(out, [](const Place* p) { return p->value.empty(); });
    return out;
}

/// Goes from place to place and writes as many delimiters as lie between them.
void Writer::write(const Segment& segment, std::string& out) const {
    const auto& d = delimiters_;
    const bool header = segment.name == "MSH";
    out += segment.name;
    if (header) out += d.field + d.msh2();
    Place at;
    at.field = header ? 2 : 0;
    for (const auto* next : in_order(segment.places)) {
        const auto& place = *next;
        if (place.field != at.field) {
            out.append(static_cast<std::size_t>(place.field - at.field), d.field);
            at = Place{place.field, 1, 1, 1, {}};
        }
        if (place.repetition != at.repetition) {
            out.append(place.repetition - at.repetition, d.repetition);
            at = Place{place.field, place.repetition, 1, 1, {}};
        }
        if (place.component != at.component) {
            out.append(static_cast<std::size_t>(place.component - at.component), d.component);
            at.component = place.component;
            at.subcomponent = 1;
        }
        out.append(static_cast<std::size_t>(place.subcomponent - at.subcomponent), d.subcomponent);
        at.subcomponent = place.subcomponent;
        append_escaped(out, place.value, d);
    }
    out += '\r';
}

std::string Writer::text() const {
    std::string out;
    for (const auto& segment : segments_) write(segment, out);
    if (is_ascii(out) || segments_.front().name != "MSH") return out;
    auto header = segments_.front();
    const auto declares = [](const Place& p) { return p.field == kCharset && !p.value.empty(); };
    if (std::any_of(header.places.begin(), header.places.end(), declares)) return out;
    header.places.push_back({kCharset, 1, 1, 1, "UNICODE UTF-8"});
    std::string with_charset;
    write(header, with_charset);
    return with_charset + out.substr(out.find('\r') + 1);
}

}  // namespace causeway::hl7v2
