#include <mutex>

#include "assurance/work.hpp"
#include "core/json_object.hpp"

namespace causeway::assurance {
namespace {

Page page_of(const MadeStatement& made) {
    JsonText json;
    json.object([&] {
        json.add("file", made.file.string()).add("key_id", made.key_id).add("sound", made.sound);
        json.add("clean", made.report.clean()).add_raw("statement", made.text);
    });
    const auto verdict = made.sound ? "balances, and the event log is whole" : "DOES NOT BALANCE, OR THE LOG IS BROKEN";
    return {json.text(), "The statement of " + made.report.day.text() + " is in " + made.file.string() +
                             ", signed with key " + made.key_id + ".\nThe day " + verdict + ".\n"};
}

class ProofWork final : public Work {
public:
    ProofWork(Place place, Day day) : place_(std::move(place)), day_(day) {}

    Result<void> run(Progress& progress) override {
        const auto made = prove(place_, day_, progress);
        if (!made) return made.error();
        const std::lock_guard lock(mutex_);
        page_ = page_of(*made);
        return {};
    }

    Page page(std::size_t) const override {
        const std::lock_guard lock(mutex_);
        return page_;
    }

private:
    const Place place_;
    const Day day_;
    mutable std::mutex mutex_;
    Page page_;
};

/// Nothing where the engine did not run when the day ended.
Result<std::optional<ChainHead>> end_of_day(const MessageStore& store, const Day& day) {
    const auto notes = store.notes(std::string(kEndOfDayNote) + day.text());
    if (!notes) return notes.error();
    return notes->empty() ? std::optional<ChainHead>() : head_from_json(notes->front().value);
}

}  // namespace

std::filesystem::path statements_folder(const pipeline::Configuration& configuration) {
    return configuration.engine.state / "statements";
}

Result<MadeStatement> prove(const Place& place, const Day& day, Progress& progress) {
    const StatementFolder folder(statements_folder(*place.configuration));
    const auto signer = Signer::open(folder.path());
    if (!signer) return signer.error();
    auto report = reconcile({place.store, *place.configuration, place.clock.now()}, day, {}, progress);
    if (!report) return report.error();
    const auto noted = end_of_day(place.store, day);
    if (!noted) return noted.error();
    const auto chain = place.store.verify_chain(*noted, [&progress](double) { return !progress.cancelled(); });
    if (!chain) return chain.error();
    const auto previous = folder.newest();
    const auto& configuration = *place.configuration;
    const StatementContent content{*report,
                                   *chain,
                                   noted->value_or(chain->head),
                                   configuration.engine.environment,
                                   configuration.hash,
                                   previous ? previous->day : std::string(),
                                   previous ? previous->hash : std::string()};
    auto text = make_statement(content, *signer);
    if (!text) return text.error();
    const auto file = folder.add(day.text(), *text);
    if (!file) return file.error();
    MadeStatement made{*file, std::move(*text), signer->public_key().id(), false, std::move(*report)};
    made.sound = made.report.contradictions() == 0 && chain->faults.empty();
    return made;
}

std::unique_ptr<Work> make_proof(Place place, Day day) {
    return std::make_unique<ProofWork>(std::move(place), day);
}

}  // namespace causeway::assurance
