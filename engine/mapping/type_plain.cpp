/// ST, code, NM, DTM, ERL, boolean: one value, one value.
#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.hpp"
#include "hl7v2/path.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {
namespace {

FhirValues string_to_fhir(const V2Input& in) {
    return one(in.json.text(in.raw ? in.text() : trim(in.text())));
}

V2Values string_to_v2(const FhirInput& in) {
    return one_part(in.text());
}

/// R4 code: no white space at the ends, single blanks inside.
bool is_code(std::string_view text) {
    if (text.empty() || text.size() > 255) return false;
    bool blank = true;
    for (const char c : text) {
        const bool here = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (here && (blank || c != ' ')) return false;
        blank = here;
    }
    return !blank;
}

FhirValues code_to_fhir(const V2Input& in) {
    const auto text = trim(in.text());
    if (text.empty()) return {};
    if (in.table == nullptr)
        return is_code(text) ? one(in.json.text(text)) : failed("M303", "is no code: it holds white space");
    const auto mapped = in.table->to_right(text);
    return mapped ? one(in.json.text(mapped->code)) : failed("M303", "holds a code that its table does not map");
}

V2Values code_to_v2(const FhirInput& in) {
    const auto text = in.text();
    if (text.empty() || in.table == nullptr) return one_part(text);
    const auto mapped = in.table->to_left(text);
    if (mapped) return one_part(mapped->code);
    V2Values failure;
    failure.failure = {"M303", "holds a code that its table does not map"};
    return failure;
}

/// A number as FHIR writes one: no plus sign, no leading zeros, a digit before the point.
std::string normal_number(std::string_view text, bool integer) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const auto dot = text.find('.');
    auto whole = std::string(text.substr(0, dot));
    const auto fraction = dot == std::string_view::npos ? std::string() : std::string(text.substr(dot + 1));
    const auto digits = [](const std::string& part) {
        return std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    if ((whole.empty() && fraction.empty()) || !digits(whole) || !digits(fraction) || whole.size() > 18) return {};
    if (integer && dot != std::string_view::npos) return {};
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    if (whole.empty()) whole = "0";
    return (negative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

template <bool integer>
FhirValues number_to_fhir(const V2Input& in) {
    const auto text = trim(in.text());
    if (text.empty()) return {};
    const auto number = normal_number(text, integer);
    return number.empty() ? failed("M302", "is no number") : one(in.json.literal(number));
}

template <DtmAs as>
FhirValues dtm_to_fhir_value(const V2Input& in) {
    const auto text = in.text();
    if (trim(text).empty()) return {};
    const auto fhir = dtm_to_fhir(text, as, in.zone);
    if (const auto* mistake = std::get_if<DtmMistake>(&fhir)) return failed("M301", "is no date: " + mistake->what);
    return one(in.json.text(std::get<std::string>(fhir)));
}

template <DtmAs as>
V2Values dtm_to_v2_value(const FhirInput& in) {
    const auto text = in.text();
    if (text.empty()) return {};
    auto dtm = fhir_to_dtm(text, as);
    if (auto* made = std::get_if<std::string>(&dtm)) return one_part(std::move(*made));
    V2Values failure;
    failure.failure = {"M301", "is no date: " + std::get<DtmMistake>(dtm).what};
    return failure;
}

FhirValues boolean_to_fhir(const V2Input& in) {
    const auto text = trim(in.text());
    for (const std::string_view yes : {"Y", "YES", "1", "TRUE"})
        if (equals_ignoring_case(text, yes)) return one(in.json.literal("true"));
    for (const std::string_view no : {"N", "NO", "0", "FALSE"})
        if (equals_ignoring_case(text, no)) return one(in.json.literal("false"));
    return text.empty() ? FhirValues{} : failed("M303", "is neither Y nor N (table 0136)");
}

V2Values boolean_to_v2(const FhirInput& in) {
    const auto text = in.text();
    return one_part(text == "true" ? "Y" : text == "false" ? "N" : "");
}

std::string number_in(const V2Input& in, unsigned component) {
    const auto text = trim(in.component(component));
    const bool digits = std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    return digits && text != "0" ? std::string(text) : std::string();
}

/// ERL (2.5): segment, its number, field, repetition, component, sub-component. ELD, before it, ends with the field.
template <unsigned Last>
FhirValues location_to_fhir(const V2Input& in) {
    std::string path(trim(in.component(1)));
    if (path.empty()) return {};
    if (const auto segment = number_in(in, 2); !segment.empty() && segment != "1") path += "[" + segment + "]";
    static constexpr std::array<std::array<std::string_view, 2>, 4> kAround{
        {{"-", ""}, {"[", "]"}, {".", ""}, {".", ""}}};
    for (unsigned component = 3; component <= Last; ++component) {
        const auto number = number_in(in, component);
        if (number.empty() && component != 4) break;  // Nothing stands below what is not there.
        const auto& [before, after] = kAround[component - 3];
        if (!number.empty()) path.append(before).append(number).append(after);
    }
    return one(in.json.text(path));
}

V2Values location_to_v2(const FhirInput& in) {
    const auto path = hl7v2::Path::parse(in.text());
    const bool is_place = path && path->groups.empty() && path->segment_filter.empty() &&
                          path->repetition_filter.empty() && path->segment.size() == 3;
    if (!is_place) return {};  // An expression of FHIR, say.
    const auto number = [](std::uint32_t count) { return count == 0 ? std::string() : std::to_string(count); };
    const auto first = path->segment_index == 0 && path->field != 0 ? std::string("1") : number(path->segment_index);
    return one_repetition({path->segment, first, number(path->field), number(path->repetition), number(path->component),
                           number(path->subcomponent)});
}

constexpr std::array kTypes = std::to_array<Type>({
    {"ST", "string", "Text.", string_to_fhir, string_to_v2},
    {"code", "code", "A code; with `via`, mapped by its table.", code_to_fhir, code_to_v2, true},
    {"NM.integer", "integer", "A whole number.", number_to_fhir<true>, string_to_v2, true},
    {"NM.decimal", "decimal", "A number, its digits kept.", number_to_fhir<false>, string_to_v2, true},
    {"DTM.date", "date", "The date of a DTM or TS.", dtm_to_fhir_value<DtmAs::date>, dtm_to_v2_value<DtmAs::date>,
     true},
    {"DTM.dateTime", "dateTime", "A DTM or TS with the precision and offset it has.",
     dtm_to_fhir_value<DtmAs::date_time>, dtm_to_v2_value<DtmAs::date_time>, true},
    {"DTM.instant", "instant", "A DTM or TS to the second, with an offset.", dtm_to_fhir_value<DtmAs::instant>,
     dtm_to_v2_value<DtmAs::instant>, true},
    {"ERL", "string", "The place of an error as a path: OBX[3]-5[1].2.", location_to_fhir<6>, location_to_v2},
    {"ELD", "string", "The same as ERR-1 says it, up to the field.", location_to_fhir<3>, nullptr},
    {"boolean", "boolean", "Y or N (table 0136).", boolean_to_fhir, boolean_to_v2, true},
});

}  // namespace

std::span<const Type> plain_types() {
    return kTypes;
}

}  // namespace causeway::mapping
