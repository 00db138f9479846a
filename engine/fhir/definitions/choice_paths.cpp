#include "fhir/definitions/choice_paths.hpp"

#include <map>
#include <string>

namespace causeway::fhir {
namespace {

std::string_view last_step(std::string_view path) {
    return path.substr(path.rfind('.') + 1);
}

/// Is it a choice that goes by the name of one type?
bool is_named_by_type(const Json& element) {
    const auto base = last_step(element["base"]("path"));
    const auto own = last_step(element("path"));
    return base.ends_with("[x]") && !own.ends_with("[x]") && own.starts_with(base.substr(0, base.size() - 3));
}

class ChoicePaths {
public:
    explicit ChoicePaths(JsonArena& arena) : arena_(arena) {}

    const Json* rewrite(const Json& elements) {
        for (const auto& item : elements)
            if (is_named_by_type(*item.value)) ++count_[new_path(*item.value)];
        if (count_.empty()) return &elements;
        auto* all = arena_.make(Json::Kind::array);
        for (const auto& item : elements) add(*item.value, elements, *all);
        return all;
    }

private:
    static std::string new_path(const Json& element) {
        const auto path = element("path");
        return std::string(path.substr(0, path.rfind('.') + 1)) + std::string(last_step(element["base"]("path")));
    }

    void add(const Json& element, const Json& elements, Json& all) {
        const auto path = std::string(element("path"));
        auto* made = arena_.copy(element);
        if (is_named_by_type(element)) {
            const auto target = new_path(element);
            renamed_[path] = target;
            made->set("path", arena_.text(target));
            if (count_[target] > 1) {
                if (!std::exchange(has_entry_[target], true)) all.push(entry(target, element, elements));
                made->set("sliceName", arena_.text(last_step(path)));
            }
        } else {
            made->set("path", arena_.text(renamed(path)));
        }
        all.push(made);
    }

    // The path below one that was renamed.
    std::string renamed(const std::string& path) const {
        for (auto dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1))
            if (const auto found = renamed_.find(path.substr(0, dot)); found != renamed_.end())
                return found->second + path.substr(dot);
        return path;
    }

    // What is sliced: an element of all the types.
    const Json* entry(const std::string& target, const Json& first, const Json& elements) {
        auto* types = arena_.make(Json::Kind::array);
        for (const auto& item : elements)
            if (is_named_by_type(*item.value) && new_path(*item.value) == target)
                for (const auto& type : (*item.value)["type"]) types->push(type.value);
        auto* discriminator = arena_.make(Json::Kind::object);
        discriminator->set("type", arena_.text("type"));
        discriminator->set("path", arena_.text("$this"));
        auto* list = arena_.make(Json::Kind::array);
        list->push(discriminator);
        auto* slicing = arena_.make(Json::Kind::object);
        slicing->set("discriminator", list);
        slicing->set("rules", arena_.text("closed"));
        auto* made = arena_.make(Json::Kind::object);
        made->set("id", arena_.text(target));
        made->set("path", arena_.text(target));
        made->set("slicing", slicing);
        made->set("min", arena_.number("0"));
        made->set("max", arena_.text("1"));
        made->set("base", &first["base"]);
        made->set("type", types);
        return made;
    }

    JsonArena& arena_;
    std::map<std::string, std::size_t> count_;
    std::map<std::string, bool> has_entry_;
    std::map<std::string, std::string> renamed_;
};

}  // namespace

const Json* with_choice_paths(const Json& definition, JsonArena& arena) {
    const auto& elements = definition["snapshot"]["element"];
    const auto* rewritten = ChoicePaths(arena).rewrite(elements);
    if (rewritten == &elements) return &definition;
    auto* snapshot = arena.make(Json::Kind::object);
    snapshot->set("element", rewritten);
    auto* made = arena.copy(definition);
    made->set("snapshot", snapshot);
    return made;
}

}  // namespace causeway::fhir
