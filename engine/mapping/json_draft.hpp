#pragma once
/// A FHIR JSON document under change: read whole, changed by place, written again. Numbers keep their digits.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mapping/location.hpp"

namespace causeway::mapping {

/// One JSON value. Children never move. Threads: one.
class JsonDraft {
public:
    enum class Kind { none, object, array, text, literal };

    /// Null where the text is no JSON.
    static std::unique_ptr<JsonDraft> parse(std::string_view json);

    Kind kind = Kind::none;
    std::string text;  ///< Of a text (decoded) or a literal.
    std::vector<std::pair<std::string, std::unique_ptr<JsonDraft>>> members;
    std::vector<std::unique_ptr<JsonDraft>> items;

    void set_text(std::string value);
    void set_literal(std::string value);
    /// Takes over what the other holds.
    void take(JsonDraft&& other);

    JsonDraft& member(std::string_view name);
    JsonDraft* find(std::string_view name) const;
    JsonDraft& append();
    /// The place of a location, made where it is absent; [*] makes a new item.
    JsonDraft& at(const std::vector<Step>& steps);
    /// The place of tree::Node::path() below this document ("Bundle.entry[0].resource"); null where there is none.
    JsonDraft* at_path(std::string_view path);
    /// Takes the element away.
    void erase(const std::vector<Step>& steps);
    bool empty() const;
    std::string render() const;
    /// Objects and values in the order of the document, arrays by their items, with path and depth; true: what is below
    /// is passed over.
    using See = std::function<bool(const JsonDraft&, const std::string& path, std::size_t depth)>;
    void each_shown(const std::string& path, const See& see, std::size_t depth = 0) const;

private:
    JsonDraft& step(const Step& step);
    void render_into(std::string& out) const;
};

}  // namespace causeway::mapping
