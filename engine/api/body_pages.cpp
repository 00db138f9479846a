#include "api/body_pages.hpp"

#include <algorithm>
#include <functional>

#include "api/lists.hpp"
#include "core/digest.hpp"
#include "pipeline/await_store.hpp"

namespace causeway::api {

namespace asio = boost::asio;
using net::HttpResponse;

namespace {

EventDraft read_event(const Call& call, Id message, std::string_view what) {
    JsonText detail;
    detail.object([&] { detail.add("reason", call.body.text("reason")).add("what", what); });
    EventDraft draft;
    draft.kind = "message.read";
    draft.message = message;
    draft.actor = call.who;
    draft.detail = detail.text();
    return draft;
}

/// For people: a segment a line.
std::string readable(std::string_view bytes) {
    std::string text(bytes);
    std::replace(text.begin(), text.end(), '\r', '\n');
    return text.ends_with('\n') ? text : text + '\n';
}

View render(Id id, const std::vector<StoredAnswer>& answers) {
    JsonText json;
    std::string text;
    json.object([&] {
        json.add("id", id.text()).add("body", base64_encode(answers.back().answer.reveal()));
        json.array("answers", [&] {
            for (const auto& one : answers) {
                text += line_of(one) + readable(one.answer.reveal());
                json.object([&] {
                    json.add("obligation", one.obligation.text()).add("at", to_fhir_instant(one.at));
                    json.add("body", base64_encode(one.answer.reveal()));
                });
            }
        });
    });
    return {json.text(), std::move(text)};
}

}  // namespace

bool BodyPages::takes(const Call& call) const {
    return call.path == "/v1/body";
}

asio::awaitable<HttpResponse> BodyPages::answer(Call call) {
    if (call.method != "POST")
        co_return respond(call.as_text, fail(Issue::not_supported, call.path, "Use POST: that you read it is kept."));
    if (const auto wrong = wrong_reason(call.body)) co_return respond(call.as_text, *wrong);
    const auto id = Id::parse(call.body.text("id"));
    if (!id) co_return respond(call.as_text, fail(Issue::value, "id", "Give the id of a message or an obligation."));
    auto stored = engine_.store().message(*id);
    if (stored && call.body.text("answers") == "yes") co_return co_await answers(std::move(call), *id, Id{});
    if (stored) co_return co_await body(std::move(call), std::move(*stored));
    const auto obligation = engine_.store().obligation(*id);
    if (!obligation) co_return respond(call.as_text, stored.error());
    co_return co_await answers(std::move(call), obligation->message, *id);
}

/// Nobody sees the bytes of a patient before it is written down who did.
Async<void> BodyPages::note(const Call& call, Id message, std::string_view what) {
    auto event = read_event(call, message, what);
    std::function<void(Completion<void>)> start = [this, &event](Completion<void> done) {
        engine_.store().append(std::move(event), std::move(done));
    };
    co_return co_await pipeline::await_store<void>(std::move(start));
}

asio::awaitable<HttpResponse> BodyPages::body(Call call, StoredMessage stored) {
    const auto& message = stored.message;
    const auto written = co_await note(call, message.id, "its bytes");
    if (!written) co_return respond(call.as_text, written.error());
    JsonText json;
    json.object([&] {
        json.add("id", message.id.text()).add("media_type", message.media_type);
        json.add("body", base64_encode(message.body.reveal()));
    });
    View view{json.text(), std::string(message.body.reveal())};
    co_return respond(200, call.as_text, std::move(view));
}

Result<std::vector<StoredAnswer>> BodyPages::find_answers(Id message, Id obligation) const {
    auto answers = engine_.store().answers_of(message);
    if (!answers) return answers;
    std::erase_if(*answers, [&](const StoredAnswer& one) {
        return one.answer.size() == 0 || (obligation && one.obligation != obligation);
    });
    if (answers->empty())
        return fail(Issue::not_found, (obligation ? obligation : message).text(),
                    "No receiver's answer is kept: it gave none, or retention has removed it.");
    return answers;
}

asio::awaitable<HttpResponse> BodyPages::answers(Call call, Id message, Id obligation) {
    const auto found = find_answers(message, obligation);
    if (!found) co_return respond(call.as_text, found.error());
    const auto written = co_await note(call, message, "what its receivers answered");
    if (!written) co_return respond(call.as_text, written.error());
    co_return respond(200, call.as_text, render(obligation ? obligation : message, *found));
}

}  // namespace causeway::api
