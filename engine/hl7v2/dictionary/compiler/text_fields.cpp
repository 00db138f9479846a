#include <algorithm>

#include "hl7v2/dictionary/compiler/model.hpp"

namespace causeway::hl7v2::compiler {
namespace {

constexpr std::string_view kFirstLate = "2.7";

bool is_text(const std::string& type) {
    return type == "ST" || type == "TX" || type == "FT";
}

/// What the versions say of one field: before 2.7, and from then on.
struct Said {
    bool text = false, other = false;
    void add(const std::string& type) { (is_text(type) ? text : other) = true; }
};

struct FieldSaid {
    Said early, late;
};

void set(TextFields& out, std::size_t index, const FieldSaid& field) {
    if (index >= 128 || field.early.other) return;
    const auto bit = std::uint64_t{1} << (index % 64);
    if (field.early.text) out.early[index / 64] |= bit;
    if ((field.late.text || field.early.text) && !field.late.other) out.late[index / 64] |= bit;
}

}  // namespace

std::map<std::string, TextFields> text_fields(const Model& model) {
    std::map<std::string, std::vector<FieldSaid>> said;
    for (const auto& [name, version] : model.versions)
        for (const auto& [segment, entry] : version.segments) {
            auto& fields = said[segment];
            fields.resize(std::max(fields.size(), entry.fields.size()));
            for (std::size_t i = 0; i < entry.fields.size(); ++i)
                (name < kFirstLate ? fields[i].early : fields[i].late).add(entry.fields[i].type);
        }
    std::map<std::string, TextFields> out;
    for (const auto& [segment, fields] : said)
        for (std::size_t i = 0; i < fields.size(); ++i) set(out[segment], i, fields[i]);
    std::erase_if(out, [](const auto& each) { return each.second == TextFields{}; });
    return out;
}

}  // namespace causeway::hl7v2::compiler
