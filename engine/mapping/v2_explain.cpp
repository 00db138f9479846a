#include "mapping/v2_explain.hpp"

#include <map>
#include <utility>

namespace causeway::mapping {
namespace {

class Order {
public:
    explicit Order(const V2Draft& draft) {
        for (const auto& segment : draft.segments()) counts_[segment->name] += segment->is_written() ? 1 : 0;
    }

    /// "NK1[2]": the next one of that name.
    std::string next(const std::string& name) {
        const auto number = ++seen_[name];
        return counts_[name] > 1 ? name + "[" + std::to_string(number) + "]" : name;
    }

    /// The later one of two rows that write the same counts.
    void add(const std::string& segment, Trace row) {
        row.output = segment + row.output;
        for (auto& other : all)
            if (other.output == row.output) other.output.clear();
        all.push_back(std::move(row));
    }

    std::vector<Trace> all;

private:
    std::map<std::string, std::size_t> counts_, seen_;
};

}  // namespace

std::vector<Trace> explain_draft(const V2Draft& draft, const hl7v2::Message& message, const std::string& copy_line,
                                 std::vector<Trace> rows, const std::vector<const DraftSegment*>& written_in) {
    std::vector<tree::Node> sources;
    message.root().children(sources);
    Order order(draft);
    for (const auto& segment : draft.segments()) {
        if (!segment->is_written()) continue;
        const auto path = order.next(segment->name);
        if (segment->source != DraftSegment::kNew)
            order.all.push_back({path, copy_line, sources[segment->source].path()});
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (written_in[i] == segment.get()) order.add(path, std::exchange(rows[i], {}));
    }
    for (auto& row : rows)
        if (!row.row.empty()) order.all.push_back({"", row.row, row.source});
    return std::move(order.all);
}

}  // namespace causeway::mapping
