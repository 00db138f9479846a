#pragma once
/// FHIR JSON as a bag of elements, "Patient.name.family" with its value, so that two results can be compared whatever
/// their order, ids and ways of writing a time.

#include <boost/json.hpp>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mapping/agreement/times.hpp"

namespace causeway::test {

namespace json = boost::json;

struct Element {
    std::string path;   ///< "Patient.extension(http://…).valueString"; no indices.
    std::string value;  ///< A reference is the type it leads to; numbers are written one way.
};

/// What a result says. Left out: ids, narratives, requests, times of writing: what each engine makes as it likes.
class Elements {
public:
    explicit Elements(const json::value& result) {
        collect_types(result);
        add_result(result);
    }
    const std::vector<Element>& all() const noexcept { return all_; }

private:
    static std::string string_of(const json::value& value) {
        if (value.is_string()) return std::string(value.as_string());
        if (value.is_bool()) return value.as_bool() ? "true" : "false";
        if (value.is_number()) return number(value.to_number<double>());
        return {};
    }
    static std::string number(double value) {
        char text[32];
        std::snprintf(text, sizeof text, "%.6g", value);
        return text;
    }
    static const json::value* member(const json::value& value, std::string_view name) {
        return value.is_object() ? value.as_object().if_contains(name) : nullptr;
    }
    static std::string text_of(const json::value& value, std::string_view name) {
        const auto* found = member(value, name);
        return found == nullptr ? std::string() : string_of(*found);
    }
    void collect_types(const json::value& result) {
        const auto* entries = member(result, "entry");
        if (entries == nullptr || !entries->is_array()) return;
        for (const auto& entry : entries->as_array()) {
            const auto* resource = member(entry, "resource");
            if (resource == nullptr) continue;
            const auto type = text_of(*resource, "resourceType");
            types_[text_of(entry, "fullUrl")] = type;
            types_["urn:uuid:" + text_of(*resource, "id")] = type;
        }
    }
    /// A Bundle, one resource, or (as some engines give it) a list of resources.
    void add_result(const json::value& result) {
        if (result.is_array()) {
            for (const auto& item : result.as_array()) add_result(item);
            return;
        }
        const auto* entries = member(result, "entry");
        auto type = text_of(result, "resourceType");
        if (type.empty()) type = entries == nullptr ? "?" : "Bundle";
        add(type, result);
        if (entries == nullptr || !entries->is_array()) return;
        for (const auto& entry : entries->as_array())
            if (const auto* resource = member(entry, "resource")) add_result(*resource);
    }
    static bool is_skipped(const std::string& path, std::string_view name) {
        static const std::vector<std::string_view> everywhere{"id",    "resourceType", "request",
                                                              "entry", "lastUpdated",  "contained"};
        for (const auto skipped : everywhere)
            if (name == skipped) return true;
        return name == "text" && path.find('.') == std::string::npos;
    }
    void add(const std::string& path, const json::value& value) {
        if (value.is_array()) {
            for (const auto& item : value.as_array()) add(path, item);
        } else if (value.is_object()) {
            add_members(path, value.as_object());
        } else if (const auto text = string_of(value); !text.empty()) {
            const bool refers = path.ends_with(".reference");
            all_.push_back({path, refers ? target(text) : trimmed(text)});
        }
    }
    void add_members(const std::string& path, const json::object& object) {
        for (const auto& [key, value] : object) {
            const std::string_view name(key);
            if (is_skipped(path, name)) continue;
            if (name == "extension" && value.is_array()) {
                for (const auto& item : value.as_array()) add_extension(path, item);
            } else {
                add(path + "." + std::string(name.starts_with('_') ? name.substr(1) : name), value);
            }
        }
    }
    void add_extension(const std::string& path, const json::value& extension) {
        if (!extension.is_object()) return;
        const auto below = path + ".extension(" + text_of(extension, "url") + ")";
        for (const auto& [key, value] : extension.as_object())
            if (key != "url") {
                if (key == "extension" && value.is_array())
                    for (const auto& item : value.as_array()) add_extension(below, item);
                else
                    add(below + "." + std::string(std::string_view(key)), value);
            }
    }
    /// "Patient/1", "urn:uuid:…" -> "Patient".
    std::string target(const std::string& reference) const {
        const auto found = types_.find(reference);
        if (found != types_.end()) return found->second;
        return reference.substr(0, reference.find('/'));
    }
    static std::string trimmed(const std::string& text) {
        const auto begin = text.find_first_not_of(" \r\n\t");
        if (begin == std::string::npos) return {};
        return text.substr(begin, text.find_last_not_of(" \r\n\t") - begin + 1);
    }

    std::vector<Element> all_;
    std::map<std::string, std::string> types_;
};

/// The same value, whatever the offset or precision of a time below the second is written like.
inline bool same_value(const std::string& expected, const std::string& ours) {
    return expected == ours || same_time(expected, ours);
}

}  // namespace causeway::test
