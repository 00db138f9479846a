#include "mapping/location.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace causeway::mapping {
namespace {

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Reads one location from left to right.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::variant<Location, LocationMistake> read() {
        Location location;
        location.text = std::string(text_);
        while (true) {
            if (!element(location)) return mistake_;
            while (at_ < text_.size() && text_[at_] == '[')
                if (!bracket(location)) return mistake_;
            if (at_ == text_.size()) return location;
            if (text_[at_] != '.') {
                fail("Write a location such as name[0].given[*] here.");
                return mistake_;
            }
            ++at_;
        }
    }

private:
    bool element(Location& location) {
        const auto begin = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        auto name = text_.substr(begin, at_ - begin);
        if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0)
            return fail("An element name belongs here.");
        if (name == "extension" && at_ < text_.size() && text_[at_] == '(') return extension(location);
        location.steps.push_back({Step::Kind::member, std::string(name), 0, begin + 1});
        return true;
    }

    bool extension(Location& location) {
        const char quote = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        const auto end = text_.find(quote, at_ + 2);
        if ((quote != '"' && quote != '\'') || end == std::string_view::npos || text_.substr(end + 1, 1) != ")")
            return fail("Write extension(\"url\").");
        location.steps.push_back(
            {Step::Kind::extension, std::string(text_.substr(at_ + 2, end - at_ - 2)), 0, at_ + 1});
        at_ = end + 2;
        return true;
    }

    bool bracket(Location& location) {
        const auto end = text_.find(']', at_);
        if (end == std::string_view::npos) return fail("This [ has no ].");
        const auto inside = text_.substr(at_ + 1, end - at_ - 1);
        if (inside == "*") {
            location.steps.push_back({Step::Kind::all, "", 0, at_ + 1});
        } else if (inside == "x") {
            location.steps.push_back({Step::Kind::choice, "", 0, at_ + 1});
        } else if (!index(location, inside, at_ + 1)) {
            return fail("Write [0], [1] ... for an item, [*] for all, or [x] for a choice of types.");
        }
        at_ = end + 1;
        return true;
    }

    static bool index(Location& location, std::string_view digits, std::size_t column) {
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc() || end != digits.data() + digits.size() || value > 9'999) return false;
        location.steps.push_back({Step::Kind::index, "", value, column});
        return true;
    }

    bool fail(std::string what) {
        mistake_ = {at_ + 1, std::move(what)};
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    LocationMistake mistake_;
};

std::string capitalised(std::string_view type) {
    std::string name(type);
    if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    return name;
}

}  // namespace

bool is_other_type(std::string_view name, const Step& step) noexcept {
    return name.size() > step.index && name != step.name &&
           name.substr(0, step.index) == std::string_view(step.name).substr(0, step.index) && name[step.index] >= 'A' &&
           name[step.index] <= 'Z';
}

bool Location::takes_all() const noexcept {
    return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.kind == Step::Kind::all; });
}

bool Location::has_choice() const noexcept {
    return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.kind == Step::Kind::choice; });
}

std::string Location::fhirpath() const {
    std::string path;
    for (const auto& step : steps) {
        const std::string dot = path.empty() ? "" : ".";
        if (step.kind == Step::Kind::member) path += dot + step.name.substr(step.name.starts_with('_') ? 1 : 0);
        if (step.kind == Step::Kind::index) path += "[" + std::to_string(step.index) + "]";
        if (step.kind == Step::Kind::extension) path += dot + "extension.where(url = '" + step.name + "')";
    }
    return path;
}

std::vector<Step> Location::resolved(std::string_view type) const {
    std::vector<Step> made;
    for (const auto& step : steps) {
        if (step.kind != Step::Kind::choice || made.empty()) {
            made.push_back(step);
            continue;
        }
        made.back().kind = Step::Kind::choice;
        made.back().index = made.back().name.size();
        made.back().name += capitalised(type);
    }
    return made;
}

std::variant<Location, LocationMistake> parse_location(std::string_view text) {
    return Reader(text).read();
}

}  // namespace causeway::mapping
