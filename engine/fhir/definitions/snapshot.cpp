#include "fhir/definitions/snapshot.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <set>

#include "fhir/definitions/canonical.hpp"
#include "fhir/definitions/merge_element.hpp"
#include "fhir/definitions/snapshot_tree.hpp"

namespace causeway::fhir {
namespace {

using NodePtr = std::unique_ptr<SnapshotNode>;

constexpr std::size_t kMaxDepth = 40;
constexpr std::size_t kMaxNodes = 100'000;
constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";

std::string capitalised(std::string_view type) {
    std::string name(type);
    if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    return name;
}

/// "value[x]" → "value"; empty where it is no choice.
std::string_view choice_stem(std::string_view name) {
    return name.ends_with("[x]") ? name.substr(0, name.size() - 3) : std::string_view();
}

class SnapshotMaker {
public:
    SnapshotMaker(const Json& definition, const SnapshotSource& source, JsonArena& arena,
                  std::vector<DefinitionIssue>& issues)
        : definition_(definition),
          source_(source),
          arena_(arena),
          issues_(issues),
          url_(definition("url")),
          is_constraint_(definition("derivation") != "specialization") {}

    Result<const Json*> run() {
        const auto base_url = definition_("baseDefinition");
        const auto* base = base_url.empty() ? nullptr : source_(base_url);
        root_ = base ? read_tree((*base)["snapshot"]["element"], arena_) : nullptr;
        if (!root_ && is_constraint_)
            return fail(Issue::not_found, std::string(url_),
                        "Load the definition it is based on (" + std::string(base_url) +
                            "), and let no profile be based on itself.");
        const auto difference = read_tree(definition_["differential"]["element"], arena_);
        if (!root_) root_ = std::make_unique<SnapshotNode>();
        if (!is_constraint_ || root_->name.empty()) rename_root(difference.get());
        pristine_ = root_->clone();
        if (difference) merge(*root_, *difference, std::string(root_->name), 0);
        if (nodes_ > kMaxNodes)
            return fail(Issue::too_costly, std::string(url_),
                        "Constrain fewer levels: the snapshot grows without end.");
        auto* snapshot = arena_.make(Json::Kind::object);
        snapshot->set("element", write_tree(*root_, arena_));
        auto* made = arena_.copy(definition_);
        made->set("snapshot", snapshot);
        return made;
    }

private:
    void issue(const std::string& id, std::string what, bool is_error = true) {
        issues_.push_back({std::string(url_) + "#" + id, std::move(what), is_error});
    }

    // A specialization takes its own name.
    void rename_root(const SnapshotNode* difference) {
        const auto type = definition_("type");
        if (difference) {
            root_->name = difference->name;
        } else if (!type.empty()) {
            root_->name = type;
        }
        if (!root_->json) root_->json = arena_.make(Json::Kind::object);
    }

    void merge(SnapshotNode& node, const SnapshotNode& difference, const std::string& id, std::size_t depth) {
        node.base = node.json;
        if (difference.json) node.json = merge_element(node.json, *difference.json, url_, arena_);
        if (difference.children.empty()) return;
        if (depth > kMaxDepth || nodes_ > kMaxNodes) {
            nodes_ = kMaxNodes + 1;
            return;
        }
        if (node.children.empty() && !unfold(node, id) && is_constraint_) return;
        for (const auto& child : difference.children) merge_child(node, *child, id, depth);
    }

    void merge_child(SnapshotNode& parent, const SnapshotNode& difference, const std::string& parent_id,
                     std::size_t depth) {
        auto name = difference.name;
        auto slice = difference.slice;
        std::string_view shortcut_type;
        auto sliced = parent.find(name, "");
        if (sliced == SnapshotNode::npos) sliced = find_choice(parent, name, shortcut_type);
        if (sliced == SnapshotNode::npos && complete_children(parent, name)) sliced = parent.find(name, "");
        const auto id = parent_id + "." + std::string(name) + (slice.empty() ? "" : ":" + std::string(slice));
        if (sliced == SnapshotNode::npos) {
            if (is_constraint_) {
                issue(id, "Name an element that the base definition has.");
                return;
            }
            add_new(parent, difference, id, depth);
            return;
        }
        const bool is_shortcut = !shortcut_type.empty();
        if (is_shortcut && slice.empty()) slice = name;  // "valueQuantity" names a slice of "value[x]".
        name = parent.children[sliced]->name;
        // An id may name a slice that nobody declares.
        const bool is_declared = is_shortcut || (difference.json && !slice.empty());
        if (!is_declared && !is_type_slice(name, slice) && parent.find(name, slice) == SnapshotNode::npos) slice = {};
        if (slice.empty()) {
            merge(*parent.children[sliced], difference, id, depth + 1);
            return;
        }
        auto found = parent.find(name, slice);
        const bool is_new = found == SnapshotNode::npos;
        if (is_new) {
            imply_slicing(*parent.children[sliced], !choice_stem(name).empty());
            if (is_shortcut) close(*parent.children[sliced]);
            if (is_shortcut && difference.slice.empty()) narrow(*parent.children[sliced], shortcut_type);
            found = add_slice(parent, sliced, slice,
                              type_of_slice(*parent.children[sliced], slice, shortcut_type, difference));
            replace_children(*parent.children[found], difference);
        }
        merge(*parent.children[found], difference, id, depth + 1);
        if (is_new && !choice_stem(name).empty() && !parent.children[found]->children.empty())
            complete_children(*parent.children[found]);
        if (implied_.contains(parent.children[sliced].get())) raise_minimum(parent, sliced);
    }

    static bool is_type_slice(std::string_view name, std::string_view slice) {
        const auto stem = choice_stem(name);
        return !stem.empty() && slice.size() > stem.size() && slice.starts_with(stem);
    }

    // Shortcuts name every type that a choice may have.
    void close(SnapshotNode& sliced) {
        auto* element = arena_.copy(*sliced.json);
        auto* slicing = arena_.copy((*element)["slicing"]);
        slicing->set("rules", arena_.text("closed"));
        element->set("slicing", slicing);
        sliced.json = element;
    }

    // Where nothing but shortcuts speaks of a choice, its types are theirs.
    void narrow(SnapshotNode& sliced, std::string_view type) {
        const bool is_told = sliced.base && !equal((*sliced.json)["type"], (*sliced.base)["type"]);
        auto& types = narrowed_[&sliced];
        if (is_told && !types) return;
        const Json& before = sliced.base ? (*sliced.base)["type"] : (*sliced.json)["type"];
        if (!types) {
            types = arena_.make(Json::Kind::array);
            sliced.base = sliced.json;
        }
        for (const auto& item : before)
            if ((*item.value)("code") == type) types->push(item.value);
        auto* element = arena_.copy(*sliced.json);
        element->set("type", types);
        sliced.json = element;
    }

    // A slice whose type has a profile of its own has the children of that, not those of what it slices.
    void replace_children(SnapshotNode& slice, const SnapshotNode& difference) {
        if (!difference.json || slice.children.empty() || (*difference.json)["type"].size() != 1) return;
        const auto& profile = (*difference.json)["type"].item(0)["profile"];
        const auto url = profile.is_array() ? profile.item(0).text : profile.text;
        if (url.empty() || !slice.json || equal((*difference.json)["type"], (*slice.json)["type"])) return;
        const auto* found = source_(url);
        const auto tree = found ? read_tree((*found)["snapshot"]["element"], arena_) : nullptr;
        if (tree) slice.children = std::move(tree->children);
    }

    // A slicing that is only implied must hold what its slices must hold.
    void raise_minimum(SnapshotNode& parent, std::size_t sliced) {
        unsigned long sum = 0;
        for (const auto& child : parent.children)
            if (child->name == parent.children[sliced]->name && !child->slice.empty() && child->json &&
                child->slice.find('/') == std::string_view::npos)
                sum += number_of((*child->json)("min"));
        auto& node = *parent.children[sliced];
        if (sum <= number_of((*node.json)("min"))) return;
        auto* element = arena_.copy(*node.json);
        element->set("min", arena_.number(std::to_string(sum)));
        node.json = element;
    }

    static unsigned long number_of(std::string_view text) {
        unsigned long value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

    // "valueQuantity" where there is "value[x]": the index of the latter and the type.
    std::size_t find_choice(const SnapshotNode& parent, std::string_view name, std::string_view& type) const {
        for (std::size_t i = 0; i < parent.children.size(); ++i) {
            const auto& child = *parent.children[i];
            const auto stem = choice_stem(child.name);
            if (stem.empty() || !child.slice.empty() || !name.starts_with(stem) || !child.json) continue;
            for (const auto& item : (*child.json)["type"]) {
                const auto code = (*item.value)("code");
                if (capitalised(code) != name.substr(stem.size())) continue;
                type = code;
                return i;
            }
        }
        return SnapshotNode::npos;
    }

    // The type that a slice of a choice is of, where neither the differential nor a shortcut says so: by its name.
    static std::string_view type_of_slice(const SnapshotNode& sliced, std::string_view slice,
                                          std::string_view shortcut_type, const SnapshotNode& difference) {
        const auto stem = choice_stem(sliced.name);
        if (stem.empty() || (difference.json && difference.json->has("type"))) return {};
        if (!shortcut_type.empty()) return shortcut_type;
        if (sliced.json && slice.starts_with(stem))
            for (const auto& item : (*sliced.json)["type"])
                if (capitalised((*item.value)("code")) == slice.substr(stem.size())) return (*item.value)("code");
        return {};
    }

    void imply_slicing(SnapshotNode& sliced, bool is_choice) {
        if (!sliced.json) return;
        const bool is_extension = sliced.name == "extension" || sliced.name == "modifierExtension";
        if (is_extension && (!sliced.base || sliced.json == sliced.base)) implied_.insert(&sliced);
        if (sliced.json->has("slicing") || (!is_choice && !is_extension)) return;
        auto* discriminator = arena_.make(Json::Kind::object);
        discriminator->set("type", arena_.text(is_choice ? "type" : "value"));
        discriminator->set("path", arena_.text(is_choice ? "$this" : "url"));
        auto* list = arena_.make(Json::Kind::array);
        list->push(discriminator);
        auto* slicing = arena_.make(Json::Kind::object);
        slicing->set("discriminator", list);
        slicing->set("ordered", arena_.boolean(false));
        slicing->set("rules", arena_.text("open"));
        auto* element = arena_.copy(*sliced.json);
        element->set("slicing", slicing);
        sliced.json = element;
    }

    // A slice begins as what it slices ("a/b": as "a"), may be absent, and follows what was sliced before.
    std::size_t add_slice(SnapshotNode& parent, std::size_t sliced, std::string_view slice, std::string_view type) {
        const auto name = parent.children[sliced]->name;
        auto from = sliced;
        if (const auto slash = slice.rfind('/'); slash != std::string_view::npos)
            if (const auto outer = parent.find(name, slice.substr(0, slash)); outer != SnapshotNode::npos) from = outer;
        auto made = parent.children[from]->clone();
        made->slice = slice;
        auto* element = arena_.copy(*made->json);
        element->remove("slicing");
        element->set("min", arena_.number("0"));
        // What a receiver must support is said of each slice.
        element->remove("mustSupport");
        if (made->base && made->base->has("mustSupport")) element->set("mustSupport", &(*made->base)["mustSupport"]);
        if (!type.empty()) element->set("type", only_type((*made->json)["type"], type));
        made->json = element;
        nodes_ += count_nodes(*made);
        auto at = from + 1;
        const bool is_reslice = from != sliced;
        while (at < parent.children.size() && parent.children[at]->name == name &&
               (!is_reslice || parent.children[at]->slice.starts_with(std::string(parent.children[from]->slice) + "/")))
            ++at;
        parent.children.insert(parent.children.begin() + static_cast<std::ptrdiff_t>(at), std::move(made));
        return at;
    }

    const Json* only_type(const Json& types, std::string_view code) {
        auto* list = arena_.make(Json::Kind::array);
        for (const auto& item : types)
            if ((*item.value)("code") == code) list->push(item.value);
        return list;
    }

    // What a specialization brings itself.
    void add_new(SnapshotNode& parent, const SnapshotNode& difference, const std::string& id, std::size_t depth) {
        auto made = std::make_unique<SnapshotNode>();
        made->name = difference.name;
        made->slice = difference.slice;
        auto* element = difference.json ? arena_.copy(*difference.json) : arena_.make(Json::Kind::object);
        if (!element->has("base")) {
            auto* base = arena_.make(Json::Kind::object);
            base->set("path", &(*element)["path"]);
            base->set("min", element->has("min") ? &(*element)["min"] : arena_.number("0"));
            base->set("max", element->has("max") ? &(*element)["max"] : arena_.text("1"));
            element->set("base", base);
        }
        made->json = element;
        ++nodes_;
        parent.children.push_back(std::move(made));
        auto& node = *parent.children.back();
        if (!difference.children.empty() && node.json->has("type")) unfold(node, id);
        for (const auto& child : difference.children) merge_child(node, *child, id, depth + 1);
    }

    // Gives a node the children of its content reference, of the one profile on its type, or of its type.
    bool unfold(SnapshotNode& node, const std::string& id) {
        if (!node.json) return false;
        if (const auto reference = (*node.json)("contentReference"); !reference.empty())
            return unfold_reference(node, reference, id);
        const auto* from = definition_of_type(*node.json);
        const auto tree = from ? read_tree((*from)["snapshot"]["element"], arena_) : nullptr;
        if (!tree) {
            if (is_constraint_) issue(id, "Constrain only below an element of one type whose definition is held.");
            return false;
        }
        node.children = std::move(tree->children);
        nodes_ += count_nodes(node);
        return true;
    }

    // "#Questionnaire.item" means this definition, "http://...|4.0.1#Questionnaire.item" that one.
    bool unfold_reference(SnapshotNode& node, std::string_view reference, const std::string& id) {
        const auto target = reference.substr(reference.find('#') + 1);
        const auto url = split_canonical(reference).url;
        NodePtr other;
        if (!url.empty() && url != url_)
            if (const auto* definition = source_(url)) other = read_tree((*definition)["snapshot"]["element"], arena_);
        const auto& from = other ? *other : *pristine_;
        const auto* found = find_path(from, target.substr(std::min(target.size(), from.name.size() + 1)));
        if (!found) {
            issue(id, "Correct the content reference; it names no element.");
            return false;
        }
        for (const auto& child : found->children) node.children.push_back(child->clone());
        nodes_ += count_nodes(node);
        auto* element = arena_.copy(*node.json);
        element->remove("contentReference");
        if (found->json && found->json->has("type")) element->set("type", &(*found->json)["type"]);
        node.json = element;
        return true;
    }

    static const SnapshotNode* find_path(const SnapshotNode& from, std::string_view path) {
        if (path.empty()) return &from;
        const auto step = path.substr(0, path.find('.'));
        const auto child =
            from.find(step.substr(0, step.find(':')),
                      step.find(':') == std::string_view::npos ? std::string_view() : step.substr(step.find(':') + 1));
        if (child == SnapshotNode::npos) return nullptr;
        return find_path(*from.children[child], path.substr(std::min(path.size(), step.size() + 1)));
    }

    // A choice may have been unfolded while it had several types, and knows now of which one it is.
    bool complete_children(SnapshotNode& node) {
        const auto* from = node.json ? definition_of_type(*node.json) : nullptr;
        return from && add_children(node, *from);
    }

    // What one of several types has may be constrained too; it counts where the value is of that type.
    bool complete_children(SnapshotNode& node, std::string_view wanted) {
        if (!node.json) return false;
        for (const auto& item : (*node.json)["type"]) {
            auto* types = arena_.make(Json::Kind::array);
            types->push(item.value);
            auto* single = arena_.make(Json::Kind::object);
            single->set("type", types);
            const auto* from = definition_of_type(*single);
            const auto tree = from ? read_tree((*from)["snapshot"]["element"], arena_) : nullptr;
            if (tree && tree->find(wanted, "") != SnapshotNode::npos) return add_children(node, *from);
        }
        return false;
    }

    // Those that are there stay as they are.
    bool add_children(SnapshotNode& node, const Json& definition) {
        const auto tree = read_tree(definition["snapshot"]["element"], arena_);
        if (!tree) return false;
        auto held = std::move(node.children);
        node.children.clear();
        for (auto& child : tree->children) {
            const auto is_same = [&](const NodePtr& other) { return other && other->name == child->name; };
            if (std::none_of(held.begin(), held.end(), is_same)) {
                node.children.push_back(std::move(child));
                continue;
            }
            for (auto& other : held)
                if (is_same(other)) node.children.push_back(std::move(other));
        }
        for (auto& other : held)
            if (other) node.children.push_back(std::move(other));
        nodes_ += count_nodes(node);
        return true;
    }

    const Json* definition_of_type(const Json& element) {
        std::string_view code;
        std::string_view profile;
        std::size_t profiles = 0;
        for (const auto& item : element["type"]) {
            const auto& type = *item.value;
            if (!code.empty() && code != type("code")) return source_(std::string(kCore) + "Element");
            code = type("code");
            const auto& list = type["profile"];
            profiles += list.is_array() ? list.size() : !list.text.empty();
            profile = list.is_array() ? list.item(0).text : list.text;
        }
        if (code.empty()) return nullptr;
        if (profiles == 1)
            if (const auto* found = source_(profile); found && found->has("snapshot")) return found;
        if (const auto& told = extension(element["type"].item(0),
                                         "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"))
            code = told.text;
        const bool is_url = code.find(':') != std::string_view::npos;
        return source_(is_url ? std::string(code) : std::string(kCore) + std::string(code));
    }

    const Json& definition_;
    const SnapshotSource& source_;
    JsonArena& arena_;
    std::vector<DefinitionIssue>& issues_;
    std::string_view url_;
    bool is_constraint_;
    NodePtr root_;
    NodePtr pristine_;                               // Before anything was merged: what content references mean.
    std::map<const SnapshotNode*, Json*> narrowed_;  // Choices that shortcuts narrow: their types.
    std::set<const SnapshotNode*> implied_;          // Elements that nothing but their slices speaks of.
    std::size_t nodes_ = 0;
};

}  // namespace

Result<const Json*> make_snapshot(const Json& definition, const SnapshotSource& source, JsonArena& arena,
                                  std::vector<DefinitionIssue>& issues) {
    return SnapshotMaker(definition, source, arena, issues).run();
}

}  // namespace causeway::fhir
