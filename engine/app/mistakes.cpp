#include "app/mistakes.hpp"

#include <algorithm>

#include "api/json_object.hpp"

namespace causeway::app {

void print_mistakes(std::ostream& out, const std::vector<config::Mistake>& mistakes) {
    for (const auto& mistake : mistakes) out << config::to_string(mistake) << '\n';
}

std::size_t count_errors(const std::vector<config::Mistake>& mistakes) {
    return static_cast<std::size_t>(std::count_if(mistakes.begin(), mistakes.end(),
                                                  [](const config::Mistake& mistake) { return !mistake.warning; }));
}

std::string mistakes_json(const std::vector<config::Mistake>& mistakes) {
    api::JsonText json;
    json.object([&] {
        json.array("mistakes", [&] {
            for (const auto& mistake : mistakes)
                json.object([&] {
                    json.add("file", mistake.file)
                        .add("line", static_cast<std::int64_t>(mistake.line))
                        .add("column", static_cast<std::int64_t>(mistake.column))
                        .add("severity", mistake.warning ? "warning" : "error")
                        .add("what", mistake.what);
                });
        });
    });
    return json.text();
}

}  // namespace causeway::app
