#include "repair/amend.hpp"

#include <optional>

namespace causeway::repair {
namespace {

std::optional<Id> next_version(const StoredMessage& message) {
    for (const auto& key : message.message.keys)
        if (key.kind == "amended-by") return Id::parse(key.value);
    return std::nullopt;
}

/// So that a preview says it too; the ledger has the last word. The same amendment once more is no mistake.
std::optional<Error> is_amended(const MessageStore& store, const StoredMessage& earlier, const Sha256& fresh) {
    std::optional<Id> newest;
    for (auto next = next_version(earlier); next;) {
        const auto version = store.message(*next);
        if (!version || (!newest && version->message.body_sha256 == fresh)) return std::nullopt;
        newest = next;
        next = next_version(*version);
    }
    if (!newest) return std::nullopt;
    return fail(Issue::conflict, earlier.message.id.text(),
                "It was amended as " + newest->text() + "; amend that one.");
}

}  // namespace

Result<pipeline::Judgement> judge_amendment(pipeline::Engine& engine, Id message, Payload body, std::string who,
                                            std::string reason) {
    const auto earlier = engine.store().message(message);
    if (!earlier) return earlier.error();
    if (earlier->disposition != Disposition::accepted)
        return fail(Issue::conflict, message.text(),
                    "Only an accepted message can be amended; ask the sender to send it again.");
    const auto fresh = sha256(body.reveal());
    if (fresh == earlier->message.body_sha256)
        return fail(Issue::value, message.text(), "These are the same bytes; to process it again, replay it.");
    if (auto error = is_amended(engine.store(), *earlier, fresh)) return *std::move(error);
    const auto configuration = engine.configuration();
    const auto channel = configuration->channels.find(earlier->message.channel);
    if (channel == configuration->channels.end())
        return fail(Issue::not_found, earlier->message.channel, "Add this channel to the configuration again.");
    const auto& before = earlier->message;
    const bool bundle = before.message_type == "Bundle/message";
    Submission submission{std::move(body), before.media_type, before.sender, "", bundle ? "$process-message" : ""};
    auto judgement = pipeline::judge(std::move(submission), channel->second, *configuration, engine.clock().now());
    auto& record = judgement.record;
    // The earlier version keeps its key: should its sender repeat it, it is still the duplicate of that.
    record.duplicate_key.clear();
    // It comes from an operator, not over the link that counts.
    record.numbered.reset();
    record.is_same = nullptr;
    record.amends = message;
    record.who = std::move(who);
    record.reason = std::move(reason);
    return judgement;
}

}  // namespace causeway::repair
