/// What settings amount to, with the files that they name.

#include <fstream>
#include <iterator>

#include "config/settings.hpp"
#include "core/digest.hpp"

namespace causeway::config {
namespace {

constexpr std::uintmax_t kMostBytes = 16u << 20;

/// Of a regular file; empty for anything else, as a folder.
std::string content_of(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error) || std::filesystem::file_size(file, error) > kMostBytes)
        return {};
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Each part behind its length, so that none can be mistaken for two.
class Parts {
public:
    void add(std::string_view part) { all_ += std::to_string(part.size()) + ":" + std::string(part); }
    void add(const Settings& settings, std::span<const FieldSpec> fields) {
        for (const auto& field : fields) add(settings, field);
    }
    std::string digest() const { return to_hex(as_view(sha256(all_))); }

private:
    void add(const Settings& settings, const FieldSpec& field) {
        add(field.name);
        switch (field.type) {
            case FieldType::object:
                return add(settings.object(field.name), field.fields);
            case FieldType::list:
                return add_list(settings, field);
            case FieldType::table:
                return add_table(settings, field);
            case FieldType::path:
                add(settings.path(field.name).string());
                return add(content_of(settings.path(field.name)));
            case FieldType::secret:
                add(settings.text(field.name));
                if (const auto secret = settings.secret(field.name)) add(*secret);
                return;
            default:
                return add(settings.text(field.name));
        }
    }
    void add_list(const Settings& settings, const FieldSpec& field) {
        if (field.item == FieldType::object)
            for (const auto& one : settings.objects(field.name)) add(one, field.fields);
        else
            for (const auto& one : settings.texts(field.name)) add(one);
    }
    void add_table(const Settings& settings, const FieldSpec& field) {
        if (field.item == FieldType::object) {
            for (const auto& [name, one] : settings.object_entries(field.name)) {
                add(name);
                add(one, field.fields);
            }
        } else {
            for (const auto& [name, one] : settings.entries(field.name)) {
                add(name);
                add(one);
            }
        }
    }

    std::string all_;
};

}  // namespace

std::string fingerprint(const Settings& settings, std::span<const FieldSpec> fields) {
    Parts parts;
    parts.add(settings, fields);
    return parts.digest();
}

std::optional<Mistake> mistake_about(const std::filesystem::path& file, const Settings& settings,
                                     std::span<const FieldSpec> fields, std::string_view what) {
    for (const auto& field : fields) {
        if (field.type == FieldType::path && settings.has(field.name) && settings.path(field.name) == file)
            return settings.mistake(field.name, std::string(what));
        if (field.type != FieldType::object) continue;
        if (auto inside = mistake_about(file, settings.object(field.name), field.fields, what)) return inside;
    }
    return std::nullopt;
}

}  // namespace causeway::config
