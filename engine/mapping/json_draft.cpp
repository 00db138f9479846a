#include "mapping/json_draft.hpp"

#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>

#include "core/text.hpp"

namespace causeway::mapping {
namespace {

constexpr unsigned kFlags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;

/// Builds the values as they are read.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
public:
    explicit Builder(JsonDraft& root) : open_{&root} {}

    bool Default() { return false; }
    bool Null() { return value() != nullptr; }
    bool Bool(bool truth) {
        value()->set_literal(truth ? "true" : "false");
        return true;
    }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        value()->set_literal({text, size});
        return true;
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        value()->set_text({text, size});
        return true;
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        name_.assign(text, size);
        return true;
    }
    bool StartObject() { return begin(JsonDraft::Kind::object); }
    bool StartArray() { return begin(JsonDraft::Kind::array); }
    bool EndObject(rapidjson::SizeType) { return end(); }
    bool EndArray(rapidjson::SizeType) { return end(); }

private:
    JsonDraft* value() {
        if (is_first_) {
            is_first_ = false;
            return open_.front();
        }
        auto& around = *open_.back();
        if (around.kind == JsonDraft::Kind::array) return &around.append();
        return around.members.emplace_back(name_, std::make_unique<JsonDraft>()).second.get();
    }
    bool begin(JsonDraft::Kind kind) {
        auto* made = value();
        made->kind = kind;
        open_.push_back(made);
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }

    std::vector<JsonDraft*> open_;
    std::string name_;
    bool is_first_ = true;
};

/// "entry[3]" as name and index.
std::pair<std::string_view, std::size_t> indexed(std::string_view step) {
    const auto bracket = step.find('[');
    std::size_t index = 0;
    if (bracket != std::string_view::npos) std::from_chars(step.data() + bracket + 1, step.data() + step.size(), index);
    return {step.substr(0, bracket), index};
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

}  // namespace

std::unique_ptr<JsonDraft> JsonDraft::parse(std::string_view json) {
    auto root = std::make_unique<JsonDraft>();
    Builder builder(*root);
    rapidjson::MemoryStream bytes(json.data(), json.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(bytes);
    rapidjson::Reader reader;
    return reader.Parse<kFlags>(input, builder) ? std::move(root) : nullptr;
}

void JsonDraft::set_text(std::string value) {
    *this = JsonDraft();
    kind = Kind::text;
    text = std::move(value);
}

void JsonDraft::set_literal(std::string value) {
    set_text(std::move(value));
    kind = Kind::literal;
}

void JsonDraft::take(JsonDraft&& other) {
    *this = std::move(other);
}

JsonDraft* JsonDraft::find(std::string_view name) const {
    for (const auto& [key, value] : members)
        if (key == name) return value.get();
    return nullptr;
}

JsonDraft& JsonDraft::member(std::string_view name) {
    kind = Kind::object;
    if (auto* found = find(name)) return *found;
    return *members.emplace_back(std::string(name), std::make_unique<JsonDraft>()).second;
}

JsonDraft& JsonDraft::append() {
    kind = Kind::array;
    return *items.emplace_back(std::make_unique<JsonDraft>());
}

JsonDraft& JsonDraft::step(const Step& step) {
    switch (step.kind) {
        case Step::Kind::all:
            return append();
        case Step::Kind::index:
            while (items.size() <= step.index) append();
            return *items[step.index];
        case Step::Kind::extension: {
            auto& all = member("extension");
            for (const auto& item : all.items)
                if (const auto* url = item->find("url"); url != nullptr && url->text == step.name) return *item;
            auto& made = all.append();
            made.member("url").set_text(step.name);
            return made;
        }
        case Step::Kind::choice:
            std::erase_if(members, [&](const auto& entry) { return is_other_type(entry.first, step); });
            break;
        case Step::Kind::member:
            break;
    }
    return member(step.name);
}

JsonDraft& JsonDraft::at(const std::vector<Step>& steps) {
    auto* place = this;
    for (const auto& next : steps) place = &place->step(next);
    return *place;
}

JsonDraft* JsonDraft::at_path(std::string_view path) {
    auto* place = this;
    const auto steps = split(path, '.');
    for (std::size_t i = 1; i < steps.size() && place != nullptr; ++i) {
        const auto [name, index] = indexed(steps[i]);
        auto* next = place->find(name);
        // FHIRPath names a choice without its type.
        for (const auto& [key, value] : place->members)
            if (next == nullptr && key.starts_with(name) && key.size() > name.size() && is_upper(key[name.size()]))
                next = value.get();
        if (next != nullptr && next->kind == Kind::array)
            next = index < next->items.size() ? next->items[index].get() : nullptr;
        place = next;
    }
    return place;
}

void JsonDraft::erase(const std::vector<Step>& steps) {
    auto* place = this;
    for (std::size_t i = 0; i + 1 < steps.size() && place != nullptr; ++i) {
        const auto& step = steps[i];
        if (step.kind == Step::Kind::member)
            place = place->find(step.name);
        else
            place = step.index < place->items.size() ? place->items[step.index].get() : nullptr;
    }
    if (place == nullptr || steps.empty()) return;
    const auto& last = steps.back();
    if (last.kind == Step::Kind::member)
        std::erase_if(place->members,
                      [&](const auto& entry) { return entry.first == last.name || entry.first == "_" + last.name; });
    if (last.kind == Step::Kind::index && last.index < place->items.size())
        place->items.erase(place->items.begin() + static_cast<std::ptrdiff_t>(last.index));
    if (last.kind == Step::Kind::all) place->items.clear();
}

bool JsonDraft::empty() const {
    switch (kind) {
        case Kind::none:
            return true;
        case Kind::text:
            return text.empty();
        case Kind::literal:
            return false;
        case Kind::array:
            return std::all_of(items.begin(), items.end(), [](const auto& item) { return item->empty(); });
        case Kind::object:
            break;
    }
    return std::all_of(members.begin(), members.end(), [](const auto& entry) { return entry.second->empty(); });
}

void JsonDraft::render_into(std::string& out) const {
    if (kind == Kind::text) out += '"' + json_escape(text) + '"';
    if (kind == Kind::literal) out += text;
    if (kind == Kind::none) out += "null";
    if (kind == Kind::array) {
        out += '[';
        bool is_first = true;
        // A null keeps the place of an item beside its extensions.
        for (const auto& item : items) {
            if (item->kind != Kind::none && item->empty()) continue;
            out += std::exchange(is_first, false) ? "" : ",";
            item->render_into(out);
        }
        out += ']';
    }
    if (kind != Kind::object) return;
    out += '{';
    bool is_first = true;
    for (const auto& [name, value] : members) {
        if (value->empty()) continue;
        out += std::exchange(is_first, false) ? "\"" : ",\"";
        out += json_escape(name) + "\":";
        value->render_into(out);
    }
    out += '}';
}

void JsonDraft::each_shown(const std::string& path, const See& see, std::size_t depth) const {
    std::size_t index = 0;
    for (const auto& item : items)
        if (!item->empty()) item->each_shown(path + "[" + std::to_string(index++) + "]", see, depth);
    if (kind == Kind::array || empty() || see(*this, path, depth)) return;
    for (const auto& [name, value] : members) value->each_shown(path + "." + name, see, depth + 1);
}

std::string JsonDraft::render() const {
    std::string out;
    render_into(out);
    return out;
}

}  // namespace causeway::mapping
