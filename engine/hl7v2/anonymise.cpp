#include "hl7v2/anonymise.hpp"

#include <algorithm>
#include <array>

#include "core/digest.hpp"
#include "core/nhs_number.hpp"
#include "hl7v2/encode.hpp"
#include "hl7v2/escape.hpp"
#include "hl7v2/fake.hpp"
#include "hl7v2/naming.hpp"
#include "hl7v2/sweep.hpp"
#include "hl7v2/walk.hpp"

namespace causeway::hl7v2 {
namespace {

/// What becomes of a value.
enum class Rule {
    keep,
    family,
    given,
    street,
    town,
    postcode,
    telephone,
    identifier,
    nhs_number,
    time,
    mask,
    document
};

constexpr std::string_view kDocument = "VGhlIGRvY3VtZW50IHdhcyByZW1vdmVkLg==";

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Types that say nothing about a person: codes, numbers, organisations, places, amounts.
bool is_kept_type(std::string_view type) noexcept {
    return is_one_of(type, {"ID",  "IS",  "SI", "NM", "SN",  "NR",  "MO",  "CP",  "HD",  "PL",  "XON", "VID", "MSG",
                            "PT",  "TQ",  "RI", "CQ", "RPT", "JCC", "VH",  "OSD", "ERL", "ELD", "DLD", "FC",  "UVC",
                            "RMC", "CCP", "NA", "MA", "CD",  "CSU", "GTS", "EIP", "SCV", "RCD", "QIP", "QSC"});
}

bool is_coded_type(std::string_view type) noexcept {
    return is_one_of(type, {"CE", "CWE", "CNE", "CF"});
}

/// Of a component of a person's or place's type.
Rule rule_of_component(std::string_view type, std::uint32_t number) {
    using Rules = std::initializer_list<Rule>;
    const auto pick = [&](Rules rules, Rule otherwise) {
        return number <= rules.size() ? *(rules.begin() + number - 1) : otherwise;
    };
    using enum Rule;
    if (is_one_of(type, {"XPN", "PN"})) return pick({family, given, given, keep, keep, keep, keep, keep}, keep);
    if (type == "FN" || type == "NDL") return pick({family, given, given}, keep);
    if (is_one_of(type, {"XCN", "CN", "CNN", "PPN"}))
        return pick({identifier, family, given, given, keep, keep, keep, keep, keep}, keep);
    if (is_one_of(type, {"XAD", "AD", "SAD"}))
        return pick({street, street, town, town, postcode, keep, keep, mask}, keep);
    if (is_one_of(type, {"XTN", "TN"}))
        return pick({telephone, keep, keep, telephone, keep, telephone, telephone, keep, mask}, telephone);
    if (is_one_of(type, {"CX", "CK"})) return pick({identifier}, keep);
    if (type == "EI") return pick({identifier}, keep);
    if (type == "DLN") return pick({identifier}, keep);
    if (type == "ED") return pick({keep, keep, keep, keep, document}, mask);
    if (type == "RP") return pick({identifier}, keep);
    if (type == "DR" || type == "TS") return pick({time, time}, keep);
    return mask;
}

class Rewriter {
public:
    Rewriter(const Message& message, const Fake& fake, int days)
        : message_(message), naming_(message), fake_(fake), sweep_(fake), days_(days) {}

    std::string run() {
        const auto& segments = message_.index().segments();
        for (at_ = 0; at_ < segments.size(); ++at_) rewrite_segment();
        copy_to(static_cast<std::uint32_t>(message_.utf8().size()));
        return sweep_(out_);
    }

private:
    void rewrite_segment() {
        const SegmentWalk walk(message_, at_);
        for (std::uint32_t number = 1; number <= walk.fields(); ++number) {
            if (is_technical(number)) continue;
            const auto field = naming_.field(at_, number);
            auto repetitions = walk.repetitions(number);
            while (repetitions.next()) rewrite_repetition(walk, number, repetitions.part, field);
        }
    }

    /// The header says who sends what to whom, not of whom; only its time moves.
    bool is_technical(std::uint32_t number) const {
        const auto name = message_.index().segments()[at_].name_view();
        if (name == "MSH") return number != 7;
        return (name == "MSA" && number <= 2) || name == "SFT";
    }

    void rewrite_repetition(const SegmentWalk& walk, std::uint32_t number, Range range, const FieldDefinition& field) {
        auto components = walk.components(number, range);
        const bool coded = is_coded_type(field.type) && !nth_part_of(walk, number, range, 1).empty();
        const bool nhs = is_nhs_identifier(walk, number, range, field.type);
        while (components.next()) {
            const auto type = naming_.component(field, components.number).type;
            auto leaves = walk.subcomponents(number, components.part);
            while (leaves.next()) {
                if (leaves.part.empty()) continue;
                Rule rule = coded ? Rule::keep : rule_of(field, components.number, type, leaves.number);
                if (nhs && components.number == 1) rule = Rule::nhs_number;
                rewrite(leaves.part, rule);
            }
        }
    }

    Range nth_part_of(const SegmentWalk& walk, std::uint32_t number, Range range, std::uint32_t part) const {
        auto parts = walk.components(number, range);
        while (parts.next())
            if (parts.number == part) return parts.part;
        return {};
    }

    bool is_nhs_identifier(const SegmentWalk& walk, std::uint32_t number, Range range, std::string_view type) const {
        if (type != "CX" && type != "CK") return false;
        const auto authority = slice(message_.utf8(), nth_part_of(walk, number, range, 4));
        const auto kind = slice(message_.utf8(), nth_part_of(walk, number, range, 5));
        return authority.starts_with("NHS") || is_one_of(kind, {"NH", "NHS", "NHSNBR"});
    }

    Rule rule_of(const FieldDefinition& field, std::uint32_t number, std::string_view component,
                 std::uint32_t leaf) const {
        const auto type = field.type;
        if (type.empty()) return Rule::mask;
        if (is_coded_type(type)) return number == 2 || number == 5 || number == 9 ? Rule::mask : Rule::keep;
        if (is_kept_type(type)) return is_time_type(component) ? Rule::time : Rule::keep;
        if (is_time_type(type) || is_time_type(component)) return type == "TM" ? Rule::keep : Rule::time;
        const auto own = naming_.dictionary().type(type);
        if (own && own->fields > 1) {
            const auto rule = rule_of_component(type, number);
            const bool below = leaf > 1 && (component == "FN" || component == "SAD");
            return below ? rule_of_component(component, leaf) : rule;
        }
        if (type == "ST" && is_number_of_person(field.name)) return Rule::identifier;
        return number == 1 ? rule_of_component(type, 1) : Rule::mask;
    }

    /// Identifiers that the standard types as plain text.
    static bool is_number_of_person(std::string_view name) {
        return name.find("SSN") != std::string_view::npos || name.find("Number") != std::string_view::npos ||
               name.find(" ID") != std::string_view::npos;
    }

    void rewrite(Range range, Rule rule) {
        std::string scratch;
        const auto value = message_.value(range, scratch);
        if (rule == Rule::keep || value == "\"\"") return;
        copy_to(range.begin);
        const auto made = replaced(value, rule);
        if (rule == Rule::identifier || rule == Rule::nhs_number) sweep_.add(value, made);
        if (rule == Rule::mask && is_valid_nhs_number(value)) sweep_.add(value, made);
        out_ += escape(made, message_.delimiters());
        done_ = range.end;
    }

    std::string replaced(std::string_view value, Rule rule) const {
        switch (rule) {
            case Rule::family:
                return fake_.family(value);
            case Rule::given:
                return fake_.given(value);
            case Rule::street:
                return fake_.street(value);
            case Rule::town:
                return fake_.town(value);
            case Rule::postcode:
                return fake_.postcode(value);
            case Rule::telephone:
                return fake_.telephone(value);
            case Rule::identifier:
                return fake_.identifier(value);
            case Rule::nhs_number:
                return fake_.nhs_number(value);
            case Rule::time:
                return Fake::moved(value, days_);
            case Rule::document:
                return std::string(kDocument);
            case Rule::mask:
                return is_valid_nhs_number(value) ? fake_.nhs_number(value) : Fake::masked(value);
            case Rule::keep:
                break;
        }
        return std::string(value);
    }

    void copy_to(std::uint32_t end) {
        out_ += slice(message_.utf8(), {done_, end});
        done_ = end;
    }

    const Message& message_;
    Naming naming_;
    const Fake& fake_;
    Sweep sweep_;
    int days_;
    std::size_t at_ = 0;
    std::uint32_t done_ = 0;
    std::string out_;
};

}  // namespace

Anonymiser::Anonymiser(std::string key) : key_(std::move(key)) {
    const auto digest = sha256(key_ + "days");
    days_ = -(30 + (digest[0] * 256 + digest[1]) % 330);
}

Result<std::string> Anonymiser::operator()(const Message& message) const {
    const Fake fake(key_);
    return in_own_charset(message, Rewriter(message, fake, days_).run());
}

}  // namespace causeway::hl7v2
