#include "assurance/care.hpp"

#include <future>

#include "assurance/settled.hpp"
#include "core/json_object.hpp"

namespace causeway::assurance {
namespace {

Result<void> record(const Care& care, std::string kind, std::string detail) {
    Event event;
    event.kind = std::move(kind);
    event.actor = care.who;
    event.detail = std::move(detail);
    const auto promise = std::make_shared<std::promise<Result<void>>>();
    care.store.append(std::move(event), [promise](Result<void> done) { promise->set_value(std::move(done)); });
    return promise->get_future().get();
}

/// What work has to show when it has ended.
class CareWork : public Work {
public:
    explicit CareWork(Care care) : care_(std::move(care)) {}
    Page page(std::size_t) const override {
        const std::lock_guard lock(mutex_);
        return page_;
    }

protected:
    void show(Page page) {
        const std::lock_guard lock(mutex_);
        page_ = std::move(page);
    }
    /// `from` and `until`: which part of the whole it is.
    static Tell tell(Progress& progress, double from = 0, double until = 1) {
        return [&progress, from, until](double part) {
            progress.set(from + part * (until - from));
            return !progress.cancelled();
        };
    }

    const Care care_;

private:
    mutable std::mutex mutex_;
    Page page_;
};

class Backup final : public CareWork {
public:
    Backup(Care care, std::string file, seal::KeyRing keys)
        : CareWork(std::move(care)), file_(std::move(file)), keys_(std::move(keys)) {}

    Result<void> run(Progress& progress) override {
        if (auto copied = care_.store.backup(file_, tell(progress, 0, 0.5)); !copied) return copied;
        LedgerOptions options;
        options.file = file_;
        options.min_free_bytes = 0;
        options.keys = keys_;
        const auto check = check_ledger(std::move(options), care_.clock);
        if (!check) return check.error();
        show(render(*check, file_));
        JsonText detail;
        detail.object(
            [&] { detail.add("file", file_).add("events", check->chain.events).add("sound", check->sound()); });
        return record(care_, "ledger.backed-up", detail.text());
    }

private:
    const std::string file_;
    const seal::KeyRing keys_;
};

class Purge final : public CareWork {
public:
    Purge(Care care, std::vector<Retention> retention, bool count_only)
        : CareWork(std::move(care)), retention_(std::move(retention)), count_only_(count_only) {}

    Result<void> run(Progress& progress) override {
        const auto report = care_.store.purge(retention_, count_only_, tell(progress));
        if (!report) return report.error();
        JsonText json;
        json.object([&] {
            json.add("bodies", report->bodies)
                .add("events", report->events)
                .add("bytes", static_cast<std::int64_t>(report->bytes));
        });
        show({json.text(), (count_only_ ? "Would remove " : "Removed ") + std::to_string(report->bodies) +
                               " bodies and answers and " + std::to_string(report->events) + " events, " +
                               std::to_string(report->bytes) + " bytes.\n"});
        if (count_only_ || report->bodies + report->events == 0) return {};
        return record(care_, "ledger.purged", json.text());
    }

private:
    const std::vector<Retention> retention_;
    const bool count_only_;
};

class NotePurge final : public CareWork {
public:
    using CareWork::CareWork;

    Result<void> run(Progress& progress) override {
        const auto notes = care_.store.notes(kSettledNote);
        if (!notes) return notes.error();
        std::int64_t removed = 0;
        for (const auto& note : *notes) {
            if (progress.cancelled()) break;
            if (!is_of_nothing(note)) continue;
            if (auto done = remove(note.name); !done) return done;
            ++removed;
        }
        JsonText json;
        json.object([&] { json.add("notes", removed); });
        show({json.text(), "Removed " + std::to_string(removed) + " notes.\n"});
        return {};
    }

private:
    bool is_of_nothing(const Note& note) const {
        const auto message = Id::parse(note.name.substr(note.name.rfind('/') + 1));
        if (!message) return false;
        const auto found = care_.store.message(*message);
        return !found && found.error().issue == Issue::not_found;
    }

    Result<void> remove(const std::string& name) const {
        EventDraft event;
        event.at = care_.clock.now();
        event.kind = "absence.forgotten";
        event.actor = care_.who;
        JsonText detail;
        detail.object([&] { detail.add("note", name); });
        event.detail = detail.text();
        const auto promise = std::make_shared<std::promise<Result<void>>>();
        care_.store.note({name, ""}, std::move(event),
                         [promise](Result<void> done) { promise->set_value(std::move(done)); });
        return promise->get_future().get();
    }
};

class Reseal final : public CareWork {
public:
    using CareWork::CareWork;

    Result<void> run(Progress& progress) override {
        const auto sealed = care_.store.reseal(tell(progress));
        if (!sealed) return sealed.error();
        JsonText json;
        json.object([&] { json.add("pieces", *sealed); });
        show({json.text(), progress.cancelled() ? "Stopped; it goes on with the next start.\n"
                                                : "Sealed " + std::to_string(*sealed) +
                                                      " pieces anew; everything is under the newest key.\n"});
        return *sealed == 0 ? Result<void>() : record(care_, "ledger.resealed", json.text());
    }
};

}  // namespace

Page render(const LedgerCheck& check, const std::string& file) {
    JsonText json;
    std::string text = file + (check.sound() ? ": whole. " : ": NOT whole. ") + std::to_string(check.chain.events) +
                       " events, " + std::to_string(check.accepted) + " messages accepted, " +
                       std::to_string(check.waiting) + " obligations open, " + std::to_string(check.bodies.bodies) +
                       " messages and answers as they were stored; chain ends with " +
                       to_hex(as_view(check.chain.head.hash)).substr(0, 16) + ".\n";
    json.object([&] {
        json.add("file", file)
            .add("sound", check.sound())
            .add("events", check.chain.events)
            .add("accepted", check.accepted)
            .add("waiting", check.waiting)
            .add("bodies", check.bodies.bodies)
            .add("damaged_bodies", check.bodies.fault_count)
            .add("head", to_hex(as_view(check.chain.head.hash)));
        json.array("faults", [&] {
            for (const auto& fault : check.chain.faults) {
                json.value_of("event " + std::to_string(fault.sequence) + ": " + fault.what);
                text += "  event " + std::to_string(fault.sequence) + ": " + fault.what + '\n';
            }
            for (const auto& difference : check.projections.differences) {
                json.value_of(difference.obligation.text() + ": " + difference.what);
                text += "  " + difference.obligation.text() + ": " + difference.what + '\n';
            }
            for (const auto& fault : check.bodies.faults) {
                json.value_of(fault.message.text() + ": " + fault.what);
                text += "  message " + fault.message.text() + ": " + fault.what + '\n';
            }
        });
    });
    return {json.text(), text};
}

std::unique_ptr<Work> make_backup(Care care, std::string file, seal::KeyRing keys) {
    return std::make_unique<Backup>(std::move(care), std::move(file), std::move(keys));
}

std::unique_ptr<Work> make_purge(Care care, std::vector<Retention> retention, bool count_only) {
    return std::make_unique<Purge>(std::move(care), std::move(retention), count_only);
}

std::unique_ptr<Work> make_note_purge(Care care) {
    return std::make_unique<NotePurge>(std::move(care));
}

std::unique_ptr<Work> make_reseal(Care care) {
    return std::make_unique<Reseal>(std::move(care));
}

}  // namespace causeway::assurance
