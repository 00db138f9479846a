/// To the right: which row wrote each element of the document, and from where.
#include <map>
#include <optional>
#include <utility>

#include "mapping/forward.hpp"

namespace causeway::mapping {
namespace {

bool is_within(std::string_view path, std::string_view outer) {
    return !outer.empty() && path.size() > outer.size() && path.starts_with(outer) &&
           (path[outer.size()] == '.' || path[outer.size()] == '[');
}

/// Goes along the document and gives each of its elements a trace.
class Order {
public:
    Order(std::vector<Trace>& traces, const std::vector<const JsonValue*>& written, std::string map_line)
        : traces_(traces), map_line_(std::move(map_line)) {
        for (std::size_t i = 0; i < written.size(); ++i) last_[written[i]] = i;
    }

    void take(const JsonValue& value, const std::string& path) {
        if (is_within(path, covered_)) return;
        if (const auto found = last_.find(&value); found != last_.end()) {
            ordered_.push_back(std::exchange(traces_[found->second], {}));
            ordered_.back().output = covered_ = path;
            settle(path);
        } else if (value.is_leaf()) {
            if (path.ends_with(".fullUrl")) full_url_ = ordered_.size();
            if (path.ends_with(".url")) url_ = ordered_.size();
            ordered_.push_back({path, map_line_, "constant"});
        }
    }

    /// In the order of the document; behind it what was written over or stays away, which has no place.
    std::vector<Trace> all() {
        for (auto& trace : traces_)
            if (!trace.row.empty()) ordered_.push_back(std::move(trace));
        return std::move(ordered_);
    }

private:
    /// An extension's url comes of the row that writes in it, an entry's fullUrl of what its resource's id is made of.
    void settle(const std::string& path) {
        const auto& trace = ordered_.back();
        if (url_) ordered_[*url_].row = trace.row;
        url_.reset();
        if (!full_url_ || !path.ends_with(".resource.id")) return;
        ordered_[*full_url_].row = trace.row;
        ordered_[*full_url_].source = trace.source;
        full_url_.reset();
    }

    std::vector<Trace>& traces_;
    const std::string map_line_;
    std::map<const JsonValue*, std::size_t> last_;  ///< What was written twice is the later row's.
    std::vector<Trace> ordered_;
    std::string covered_;
    std::optional<std::size_t> url_, full_url_;
};

}  // namespace

/// What the resource's id is made of.
std::string Forward::id_source(const ResourceLine& line) {
    for (const auto& alternative : line.id_from)
        for (const auto& part : alternative) {
            if (!part.path && !evaluate(part, root_, &reader_, line.place).empty()) return part.text;
            if (!part.path) continue;
            for (const auto& place : reader_.select(*part.path))
                if (reader_.has_value(place)) return reader_.path(place);
        }
    return "MSH-10[1]";
}

/// A resource line writes resourceType and id.
void Forward::explain_made(const ResourceLine& line) {
    const auto& body = *target_.made(line).body;
    explain_one(body.find("resourceType"), line.place, "constant");
    if (const auto* id = body.find("id"); id != nullptr) explain_one(id, line.place, id_source(line));
}

void Forward::explain_one(const JsonValue* value, const RulePlace& place, std::string source) {
    written_.push_back(value);
    trace(place, "", std::move(source));
}

void Forward::explain_written() {
    Order order(output_.traces, written_, program_.place.text());
    for (const auto& [value, path] : target_.shown()) order.take(*value, path);
    output_.traces = order.all();
}

}  // namespace causeway::mapping
