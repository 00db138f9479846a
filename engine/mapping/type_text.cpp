/// TX and FT lines, narrative, sections of letters, ED.
#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "hl7v2/message.hpp"
#include "mapping/attachment.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {
namespace {

/// Place `i` as lines, with the empty ones that stand before it: repetitions without a value.
void add_lines(const V2Input& in, std::size_t i, std::vector<std::string>& lines) {
    constexpr std::size_t kMostBlank = 100;
    if (i > 0) lines.resize(lines.size() + std::min(kMostBlank, V2Reader::gap(in.places[i - 1], in.places[i])));
    auto here = text_lines(in.reader.verbatim(in.places[i]));
    std::move(here.begin(), here.end(), std::back_inserter(lines));
}

std::vector<std::string> lines_in(const V2Input& in) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < in.places.size(); ++i) add_lines(in, i, lines);
    return lines;
}

FhirValues text_value(const V2Input& in, std::string text) {
    return text.empty() ? FhirValues{} : one(in.json.long_text(std::move(text)));
}

FhirValues narrative(const V2Input& in, const std::string& text) {
    if (text.empty()) return {};
    auto& made = in.json.hole();
    made.set("status", "additional");
    made.put("div", in.json.long_text(narrative_div(text)));
    return one(made);
}

FhirValues lines_to_fhir(const V2Input& in) {
    return text_value(in, joined(lines_in(in)));
}

/// Each line becomes a repetition: the field repeats (NTE-3, OBX-5 of TX), so no formatting code is needed. Blank lines
/// between others are empty repetitions.
V2Values repetitions_of(std::string_view text) {
    V2Values made;
    for (auto& line : text_lines(joined(text_lines(text)))) made.repetitions.push_back({{1, 1, std::move(line)}});
    return made;
}

V2Values lines_to_v2(const FhirInput& in) {
    return repetitions_of(in.node().name() == "div" ? text_of_div(in.text()) : in.text());
}

FhirValues narrative_to_fhir(const V2Input& in) {
    return narrative(in, joined(lines_in(in)));
}

V2Values narrative_to_v2(const FhirInput& in) {
    const auto div = in.node().child("div");
    const fhirpath::Value value = div;
    return div ? lines_to_v2({value, {}, nullptr, in.resolve}) : V2Values{};
}

/// "Plan" of OBX-3, which names these lines; empty outside of OBX.
std::string_view name_of_lines(const V2Input& in, const V2Place& value) {
    if (in.reader.segment_name(value) != "OBX") return {};
    const auto name = in.reader.neighbour(value, 3);
    const auto text = in.reader.peek(name, 2);
    return text.empty() ? in.reader.peek(name, 1) : text;
}

/// Lines of several OBX; where these have names of their own, each name stands above its lines.
std::string named_text(const V2Input& in) {
    std::vector<std::string> lines;
    std::set<std::string_view> names;
    for (const auto& place : in.places) names.insert(name_of_lines(in, place));
    std::string_view last;
    for (std::size_t i = 0; i < in.places.size(); ++i) {
        const auto name = name_of_lines(in, in.places[i]);
        if (names.size() > 1 && name != last) lines.insert(lines.end(), {"", std::string(name)});
        last = name;
        add_lines(in, i, lines);
    }
    return joined(lines);
}

const Headings& headings_of(const V2Input& in) {
    static const Headings none;
    return in.headings != nullptr ? *in.headings : none;
}

/// What OBX-3 calls the lines of this OBX-5, where that is a heading ("DIAG^Diagnosis"); else empty. Reading it does
/// not count: another row tells what becomes of OBX-3.
std::string observation_heading(const V2Input& in, const V2Place& value, const Headings& headings) {
    if (in.reader.segment_name(value) != "OBX") return {};
    const auto name = in.reader.neighbour(value, 3);
    for (const unsigned component : {2U, 1U})
        if (const auto label = in.reader.peek(name, component); is_heading(label, headings)) return std::string(label);
    return {};
}

/// The lines of one section. An OBX-3 that is a heading stands above its own lines, and ends with them: what follows
/// under another name is not part of it.
std::vector<std::string> section_in(const V2Input& in) {
    const auto& headings = headings_of(in);
    std::vector<std::string> chosen, lines;
    std::string heading;
    const auto end_part = [&] {
        const auto part = section_lines(lines, headings, in.argument);
        chosen.insert(chosen.end(), part.begin(), part.end());
        lines.clear();
    };
    for (std::size_t i = 0; i < in.places.size(); ++i) {
        if (auto here = observation_heading(in, in.places[i], headings); here != heading) {
            end_part();
            heading = std::move(here);
            if (!heading.empty()) lines.push_back(heading);
        }
        add_lines(in, i, lines);
    }
    end_part();
    return chosen;
}

FhirValues section_to_fhir(const V2Input& in) {
    return narrative(in, joined(section_in(in)));
}

/// The pieces of one file, decoded, with what ED says about it.
struct File {
    std::string bytes;
    std::string mime;
};

/// The data of one piece. Some send the base64 alone, without the parts of an ED around it; what stands there and
/// begins no file (nor goes on with one) is none.
std::optional<std::string_view> data_of(const V2Input& in, const V2Place& place, bool goes_on) {
    const auto first = in.reader.component(place, 1);
    bool has_parts = false;
    for (const unsigned component : {2U, 3U, 4U, 5U})
        has_parts = has_parts || !in.reader.component(place, component).empty();
    if (has_parts || first.empty()) return in.reader.component(place, 5);
    return goes_on || begins_file(first) ? std::optional(first) : std::nullopt;
}

std::optional<File> file_in(const V2Input& in) {
    std::vector<std::string> pieces;
    std::string type;
    std::string subtype;
    std::string encoding;
    for (const auto& place : in.places) {
        const auto data = data_of(in, place, !pieces.empty());
        if (!data) return std::nullopt;
        type = in.reader.component(place, 2);
        subtype = in.reader.component(place, 3);
        encoding = in.reader.component(place, 4);
        pieces.emplace_back(*data);
    }
    auto bytes = join_pieces(pieces, encoding);
    if (!bytes) return std::nullopt;
    auto mime = mime_type(type, subtype, *bytes);
    return File{std::move(*bytes), std::move(mime)};
}

FhirValues no_file() {
    return failed("M304", "holds a file that cannot be decoded: the base64 is wrong");
}

FhirValues attachment_of(const V2Input& in, const File& file) {
    if (file.bytes.empty()) return {};
    auto& made = in.json.hole();
    made.set("contentType", file.mime);
    if (in.argument != "hash") made.put("data", in.json.long_text(base64_encode(file.bytes)));
    made.put("size", in.json.literal(std::to_string(file.bytes.size())));
    const auto hash = sha1(file.bytes);
    made.set("hash", base64_encode({reinterpret_cast<const char*>(hash.data()), hash.size()}));
    return one(made);
}

FhirValues attachment(const V2Input& in) {
    const auto file = file_in(in);
    return file ? attachment_of(in, *file) : no_file();
}

FhirValues text_attachment(const V2Input& in) {
    return attachment_of(in, {named_text(in), "text/plain;charset=utf-8"});
}

V2Values text_attachment_to_v2(const FhirInput& in) {
    const auto bytes = base64_decode(child_text(in.node(), "data"));
    V2Values made;
    if (bytes && is_valid_utf8(*bytes)) return repetitions_of(*bytes);
    made.failure = {"M304", "holds a text that cannot be decoded: send it as base64 of UTF-8"};
    return made;
}

FhirValues file_data(const V2Input& in) {
    const auto file = file_in(in);
    return file ? text_value(in, base64_encode(file->bytes)) : no_file();
}

FhirValues file_type(const V2Input& in) {
    const auto file = file_in(in);
    return !file ? no_file() : file->bytes.empty() ? FhirValues{} : text_value(in, file->mime);
}

/// From an Attachment (following its url to a Binary) or a Binary.
V2Values attachment_to_v2(const FhirInput& in) {
    auto node = in.node();
    auto mime = child_text(node, "contentType");
    if (child_text(node, "data").empty() && node.child("url") && in.resolve) {
        const auto binary = in.resolve(node.child("url").text(), node);
        if (binary) node = binary;
        if (mime.empty()) mime = child_text(node, "contentType");
    }
    const auto data = child_text(node, "data");
    if (data.empty()) return {};
    const auto bytes = base64_decode(data);
    V2Values made;
    if (!bytes) {
        made.failure = {"M304", "holds a file that cannot be decoded: the base64 is wrong"};
        return made;
    }
    const auto type = ed_type(mime);
    return one_repetition({"", type.type, type.subtype, "Base64", base64_encode(*bytes)});
}

constexpr std::array kTypes = std::to_array<Type>({
    {"TX.lines", "string", "All lines of TX, FT and ST values as one text.", lines_to_fhir, lines_to_v2, false, true},
    {"TX.narrative", "Narrative", "The same as safe XHTML.", narrative_to_fhir, narrative_to_v2, false, true},
    {"TX.Attachment", "Attachment", "The same as a file of plain text; names of several OBX-3 stand above their lines.",
     text_attachment, text_attachment_to_v2, true, true, "hash"},
    {"TX.section", "Narrative", "The lines below the headings of one section; `via` names the table of headings.",
     section_to_fhir, nullptr, false, true, "a section"},
    {"ED.Attachment", "Attachment",
     "A file with type, size and SHA-1 hash; `hash` in the brackets leaves the data out.", attachment, attachment_to_v2,
     true, true, "hash"},
    {"ED.data", "base64Binary", "The file alone, base64.", file_data, nullptr, true, true},
    {"ED.contentType", "code", "Its MIME type.", file_type, nullptr, true, true},
});

}  // namespace

std::span<const Type> text_types() {
    return kTypes;
}

}  // namespace causeway::mapping
