#include "api/code_pages.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "api/lists.hpp"

namespace causeway::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kMark = "\"unmapped\":[";

/// Counts while the ledger is read.
class Counter {
public:
    void see(const Event& event) {
        if (event.detail.find(kMark) == std::string::npos) return;
        const JsonObject detail(event.detail);
        const auto found = detail.document().FindMember("unmapped");
        if (found == detail.document().MemberEnd() || !found->value.IsArray()) return;
        const auto map = detail.text("map");
        const auto channel = detail.text("channel");
        for (const auto& one : found->value.GetArray())
            if (one.IsObject())
                count(event, {map, text(one, "table"), text(one, "system"), text(one, "code"), channel});
    }

    std::vector<UnmappedCount> finish() const {
        std::vector<UnmappedCount> all;
        for (const auto& [key, counted] : counts_) all.push_back(counted);
        std::stable_sort(all.begin(), all.end(),
                         [](const UnmappedCount& a, const UnmappedCount& b) { return a.messages > b.messages; });
        return all;
    }

private:
    using Key = std::vector<std::string>;

    static std::string text(const rapidjson::Value& object, const char* name) {
        const auto found = object.FindMember(name);
        return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : std::string();
    }

    void count(const Event& event, Key key) {
        auto& counted = counts_[key];
        if (counted.messages == 0) {
            counted = {key[0], key[1], key[2], key[3], key[4], 0, event.at, event.at, event.message};
        }
        counted.last = event.at;
        counted.message = event.message;
        if (seen_.emplace(event.message, std::move(key)).second) ++counted.messages;
    }

    std::map<Key, UnmappedCount> counts_;
    std::set<std::pair<Id, Key>> seen_;
};

}  // namespace

Result<std::vector<UnmappedCount>> unmapped_codes(const MessageStore& store, const ScanRange& range) {
    Counter counter;
    auto read = store.scan(range, [&](const LedgerRecord& record) {
        counter.see(record.event);
        return true;
    });
    if (!read) return read.error();
    return counter.finish();
}

View render(const std::vector<UnmappedCount>& codes) {
    JsonText json;
    std::string lines;
    json.object([&] {
        json.array("codes", [&] {
            for (const auto& one : codes) {
                json.object([&] {
                    json.add("map", one.map).add("table", one.table).add_if("system", one.system).add("code", one.code);
                    json.add("channel", one.channel).add("messages", one.messages);
                    json.add("first", to_fhir_instant(one.first)).add("last", to_fhir_instant(one.last));
                    json.add("message", one.message.text());
                });
                lines += padded(std::to_string(one.messages), 8) + padded(one.table, 16) + padded(one.code, 20) +
                         padded(one.system.empty() ? "-" : one.system, 24) + padded(one.channel, 16) +
                         to_fhir_instant(one.first).substr(0, 10) + "  " + to_fhir_instant(one.last).substr(0, 10) +
                         "  " + one.map + '\n';
            }
        });
    });
    if (codes.empty()) return {json.text(), "Every code that came is in its table.\n"};
    auto text = padded("COUNT", 8) + padded("TABLE", 16) + padded("CODE", 20) + padded("SYSTEM", 24) +
                padded("CHANNEL", 16) + "FIRST       LAST        MAP\n" + lines +
                "Add the codes to their tables, then: causeway reload, and causeway replay for what was held.\n";
    return {json.text(), std::move(text)};
}

bool CodePages::takes(const Call& call) const {
    return call.path == "/v1/codes";
}

asio::awaitable<net::HttpResponse> CodePages::answer(Call call) {
    constexpr std::int64_t kDays = 30;
    ScanRange range;
    const auto days = call.number("days", kDays);
    if (days > 0) range.from = clock_.now() - std::chrono::hours(24 * days);
    auto codes = unmapped_codes(store_, range);
    if (!codes) co_return respond(call.as_text, codes.error());
    const auto table = call.parameter("table");
    if (!table.empty()) std::erase_if(*codes, [&](const UnmappedCount& one) { return one.table != table; });
    co_return respond(200, call.as_text, render(*codes));
}

}  // namespace causeway::api
