#include "api/exception_pages.hpp"

#include <algorithm>

namespace causeway::api {

namespace asio = boost::asio;
using net::HttpResponse;
using repair::Group;

namespace {

constexpr std::string_view kBase = "/v1/exceptions";
constexpr std::size_t kMostActs = 1'000;
constexpr std::size_t kMostIds = 10'000;  // A page takes a thread for some tenths of a second.
constexpr std::int64_t kPreviewed = 3, kMostPreviewed = 20;

/// "{group}" and what follows it.
struct Place {
    std::string group, rest;
};

Place place_of(const std::string& path) {
    const auto tail = path.size() > kBase.size() ? path.substr(kBase.size() + 1) : std::string();
    const auto slash = tail.find('/');
    return {tail.substr(0, slash), slash == std::string::npos ? std::string() : tail.substr(slash + 1)};
}

Result<std::vector<Id>> ids_of(const Call& call) {
    std::vector<Id> ids;
    const auto found = call.body.document().FindMember("ids");
    const auto wrong = fail(Issue::value, "ids", "Give a list of at most 1000 ids of obligations.");
    if (found == call.body.document().MemberEnd() || !found->value.IsArray()) return wrong;
    if (found->value.Size() > kMostActs) return wrong;
    for (const auto& one : found->value.GetArray()) {
        const auto id = one.IsString() ? Id::parse({one.GetString(), one.GetStringLength()}) : std::nullopt;
        if (!id) return wrong;
        ids.push_back(*id);
    }
    return ids;
}

Result<repair::Wish> wish_of(const Call& call) {
    const auto kind = act_kind(call.body.text("act"));
    if (!kind) return kind.error();
    repair::Wish wish{*kind, call.body.text("destination"), call.body.text("organisation")};
    if (wish.kind == OperatorAct::Kind::redirect && wish.destination.empty())
        return fail(Issue::required, "destination", "Say where to, with --to DESTINATION.");
    return wish;
}

}  // namespace

Result<OperatorAct::Kind> act_kind(const std::string& word) {
    if (word == "hold") return OperatorAct::Kind::hold;
    if (word == "release") return OperatorAct::Kind::release;
    if (word == "cancel") return OperatorAct::Kind::cancel;
    if (word == "replay") return OperatorAct::Kind::replay;
    if (word == "redirect") return OperatorAct::Kind::redirect;
    return fail(Issue::not_found, "act", "Use hold, release, cancel, replay or redirect.");
}

bool ExceptionPages::takes(const Call& call) const {
    return call.path == kBase || call.path.starts_with(std::string(kBase) + '/');
}

asio::awaitable<HttpResponse> ExceptionPages::answer(Call call) {
    if (call.path == kBase) co_return list(call);
    const auto place = place_of(call.path);
    if (place.group == "outcome" && call.method == "POST") co_return outcome(call);
    auto group = find(place.group);
    if (!group) co_return respond(call.as_text, group.error());
    if (place.rest.empty()) co_return show(call, *group);
    if (place.rest == "ids") co_return ids(call, *group);
    if (place.rest == "preview" && call.method == "POST") co_return preview(call, *group);
    if (place.rest == "act" && call.method == "POST") co_return co_await act(std::move(call), std::move(*group));
    co_return respond(call.as_text, fail(Issue::not_found, call.path, "There is no such page; see `causeway --help`."));
}

Result<Group> ExceptionPages::find(const std::string& id) const {
    const auto waiting = engine_.store().waiting_groups();
    if (!waiting) return waiting.error();
    for (auto& group : repair::failures(*waiting))
        if (group.id == id) return std::move(group);
    return fail(Issue::not_found, id.substr(0, 16),
                "No such group fails now: it was repaired, or has another name; `causeway exceptions` lists them.");
}

HttpResponse ExceptionPages::list(const Call& call) const {
    const auto waiting = engine_.store().waiting_groups();
    if (!waiting) return respond(call.as_text, waiting.error());
    return respond(200, call.as_text, render(repair::failures(*waiting), engine_.clock().now()));
}

HttpResponse ExceptionPages::show(const Call& call, const Group& group) const {
    const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(call.number("limit", 20), 1, 100'000));
    auto members = repair::members(engine_.store(), group, limit);
    if (!members) return respond(call.as_text, members.error());
    std::vector<Waiting> waiting;
    for (auto& one : *members) {
        const auto stored = engine_.store().message(one.message);
        if (!stored) return respond(call.as_text, stored.error());
        const auto& message = stored->message;
        waiting.push_back({std::move(one), message.channel, message.message_type, message.received_at});
    }
    return respond(200, call.as_text, render(group, waiting, engine_.clock().now()));
}

HttpResponse ExceptionPages::ids(const Call& call, const Group& group) const {
    const auto limit = static_cast<std::size_t>(
        std::clamp<std::int64_t>(call.number("limit", kMostIds), 1, static_cast<std::int64_t>(kMostIds)));
    const auto after = Id::parse(call.parameter("after")).value_or(Id());
    const auto members = repair::members(engine_.store(), group, limit, after);
    if (!members) return respond(call.as_text, members.error());
    JsonText json;
    std::string text;
    json.object([&] {
        json.add("group", group.id).add("count", group.count);
        if (members->size() == limit) json.add("next", members->back().id.text());
        json.array("ids", [&] {
            for (const auto& one : *members) json.value_of(one.id.text());
        });
        json.array("messages", [&] {
            for (const auto& one : *members) json.value_of(one.message.text());
        });
    });
    for (const auto& one : *members) text += one.id.text() + '\n';
    return respond(200, call.as_text, {json.text(), text});
}

HttpResponse ExceptionPages::preview(const Call& call, const Group& group) const {
    const auto wish = wish_of(call);
    if (!wish) return respond(call.as_text, wish.error());
    const auto count = std::clamp<std::int64_t>(
        call.body.has("count") ? std::atoll(call.body.text("count").c_str()) : kPreviewed, 1, kMostPreviewed);
    const auto members = repair::members(engine_.store(), group, static_cast<std::size_t>(count));
    if (!members) return respond(call.as_text, members.error());
    std::vector<repair::Outlook> outlooks;
    for (const auto& one : *members) outlooks.push_back(repair::foresee(engine_, *wish, one.id));
    return respond(200, call.as_text, render(group, outlooks));
}

asio::awaitable<HttpResponse> ExceptionPages::act(Call call, Group group) {
    const auto wish = wish_of(call);
    if (!wish) co_return respond(call.as_text, wish.error());
    auto ids = ids_of(call);
    if (!ids) co_return respond(call.as_text, ids.error());
    auto reason = call.body.text("reason");
    if (const auto wrong = wrong_reason(call.body)) co_return respond(call.as_text, *wrong);
    const std::optional<Group> within(std::move(group));
    auto owner = call.body.text("owner");
    const auto acted =
        co_await repair::act_on(engine_, *wish, within, std::move(*ids), call.who, std::move(reason), std::move(owner));
    co_return respond(200, call.as_text, render(acted));
}

HttpResponse ExceptionPages::outcome(const Call& call) const {
    const auto ids = ids_of(call);
    if (!ids) return respond(call.as_text, ids.error());
    return respond(200, call.as_text, render(repair::aftermath(engine_.store(), *ids)));
}

}  // namespace causeway::api
