/// Files, inbound: each file of a directory is one message, or a batch of them.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "adapter.hpp"
#include "adapters/directory_reader/batch_file.hpp"
#include "adapters/directory_reader/cleaner.hpp"
#include "adapters/directory_reader/spool.hpp"
#include "core/adapter_metrics.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "net/body_budget.hpp"

namespace causeway {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::string_view kTypes[] = {"auto", "hl7v2", "fhir_json"};
constexpr std::string_view kBatches[] = {"split", "refuse"};
constexpr std::string_view kBatchFaults[] = {"refuse", "warn"};
constexpr Duration kFileAtHand = std::chrono::seconds(10);
constexpr std::size_t kHead = 64 * 1024;  // Of a file over the limit: what the journal keeps.

constexpr FieldSpec kFields[] = {
    {"directory", FieldType::path,
     "Existing directory from which files are taken; done/ and refused/ are made inside."},
    {"pattern", FieldType::text, "Which names are taken, with * and ?.", "*"},
    {.name = "media_type",
     .type = FieldType::one_of,
     .doc = "What the files hold; auto goes by .hl7 and .json, and for other endings by the first character.",
     .fallback = "auto",
     .choices = kTypes},
    {"poll", FieldType::duration, "Time between two looks at the directory.", "500ms"},
    {"settle", FieldType::duration, "A file is taken when it has not changed for this long.", "500ms"},
    {"max_size", FieldType::size, "Longest file; a longer one is refused.", "64MB"},
    {"keep_done", FieldType::duration,
     "Files of done/ are removed after this time (the ledger has their messages by its own retention); 0s keeps them.",
     "30d"},
    {"create", FieldType::boolean, "Make the directory where it is missing; otherwise the channel does not start.",
     "false"},
    {.name = "batches",
     .type = FieldType::one_of,
     .doc = "An HL7 v2 file that holds several messages, with or without FHS and BHS or in MLLP frames: split into "
            "messages that are each stored on their own, or refused.",
     .fallback = "split",
     .choices = kBatches},
    {.name = "batch_faults",
     .type = FieldType::one_of,
     .doc = "A file whose counts (BTS-1, FTS-1) are wrong, that has no trailer or holds text outside of any message: "
            "refused as a whole, since it may not be whole, or taken with a warning in the log.",
     .fallback = "refuse",
     .choices = kBatchFaults},
};

constexpr std::string_view kExamples[] = {
    "directory: .\n",
    "directory: .\npattern: \"*.hl7\"\nmedia_type: hl7v2\npoll: 5s\nsettle: 10s\nmax_size: 8MB\nkeep_done: 7d\n",
    "directory: .\nbatches: refuse\n",
};

struct Options {
    std::string media_type;
    Duration poll{};
    std::size_t max_size = 0;
    Duration keep_done{};
    bool create = false;
    bool splits = true;        ///< Files that hold several messages.
    bool take_faulty = false;  ///< Also where their counts are wrong.
};

std::string_view media_type_of(const fs::path& file, std::string_view bytes, std::string_view configured) {
    if (configured == "hl7v2") return kHl7v2;
    if (configured == "fhir_json") return kFhirJson;
    const auto suffix = file.extension().string();
    if (equals_ignoring_case(suffix, ".json")) return kFhirJson;
    if (equals_ignoring_case(suffix, ".hl7")) return kHl7v2;
    if (equals_ignoring_case(suffix, ".xml")) return kFhirXml;
    return trim(bytes).starts_with('{') ? kFhirJson : kHl7v2;
}

Finding too_long() {
    Finding finding;
    finding.issue = Issue::too_long;
    finding.hl7_code = 102;
    finding.text = "The file is longer than this channel takes (max_size).";
    return finding;
}

/// What the loop works on; it outlives the adapter where a stop did not wait for it. Everything on `strand`.
class Reader : public std::enable_shared_from_this<Reader> {
public:
    Reader(InboundContext context, spool::Spool spool, Options options)
        : strand(asio::make_strand(context.executor)),
          context_(std::move(context)),
          spool_(std::move(spool)),
          options_(std::move(options)),
          metrics_(context_.metrics, context_.channel),
          timer_(strand) {}

    const spool::Spool& spool() const { return spool_; }
    Result<void> open() const { return spool_.open(options_.create); }
    void start() {
        if (options_.keep_done > Duration::zero())
            cleaner_.emplace(context_.channel, spool_.directory() / "done", options_.keep_done);
        asio::co_spawn(strand, run(shared_from_this()), asio::detached);
    }

    /// Wakes the loop; it ends after the file that it is at.
    void end() {
        stopping_ = true;
        timer_.cancel();
    }

    asio::awaitable<void> stop(Duration deadline) {
        end();
        asio::steady_timer pause(strand);
        const auto until = std::chrono::steady_clock::now() + deadline;
        while (running_ && std::chrono::steady_clock::now() < until) {
            pause.expires_after(std::chrono::milliseconds(5));
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    const asio::any_io_executor strand;

private:
    static asio::awaitable<void> run(std::shared_ptr<Reader> self) {
        self->running_ = true;
        while (!self->stopping_) {
            co_await self->sweep();
            if (self->stopping_) break;
            self->timer_.expires_after(self->options_.poll);
            co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        self->running_ = false;
    }

    /// Takes what is ready, in order; a file that cannot be stored now stops the sweep, so that none overtakes it.
    asio::awaitable<void> sweep() {
        const auto files = spool_.ready();
        if (!files) {
            report(files.error());
            co_return;
        }
        for (const auto& file : *files) {
            if (stopping_) co_return;
            auto path = file;
            const auto taken = co_await take(std::move(path));
            if (!taken) {
                report(taken.error());
                co_return;
            }
            failing_ = false;
        }
    }

    /// A file with its verdict, on its way out of the directory.
    struct Judged {
        fs::path file;
        spool::Stamp stamp;
        Verdict verdict;
    };

    /// A file of which something may be stored already.
    struct Begun {
        fs::path file;
        spool::Stamp stamp;
        spool::BatchProgress progress;
    };

    /// Moved only once the verdict is committed: after a crash the file is taken again, and its key makes that
    /// harmless. One that cannot be moved is not stored again for each try.
    Async<void> take(fs::path file) {
        const auto stamp = spool::Spool::stamp(file);
        if (!stamp) co_return Result<void>();
        if (!unmoved_ || unmoved_->file != file || unmoved_->stamp != *stamp) {
            net::BodyBudget::Share memory(context_.bodies);
            const auto room = co_await wait_for(memory, std::min<std::size_t>(stamp->size, options_.max_size));
            if (!room) co_return room.error();
            auto content = spool_.read(file, options_.max_size);
            if (!content) co_return content.error();
            const auto read = content->stamp;
            if (!begun_ || begun_->file != file || begun_->stamp != read) begun_ = Begun{file, read, {}};
            auto verdict = co_await submit(file, std::move(*content));
            if (!verdict) co_return verdict.error();
            begun_.reset();
            unmoved_ = Judged{std::move(file), read, std::move(*verdict)};
        }
        auto moved = put_away(*unmoved_);
        if (moved) unmoved_.reset();
        co_return moved;
    }

    static Async<void> wait_for(net::BodyBudget::Share& memory, std::size_t size) {
        memory.expect(size);
        if (memory.take(size)) co_return Result<void>();
        co_return co_await memory.wait();
    }

    Result<void> put_away(const Judged& judged) const {
        const auto& verdict = judged.verdict;
        const bool taken =
            verdict.disposition == Disposition::accepted || verdict.disposition == Disposition::duplicate;
        const auto id = verdict.message.text();
        return taken ? spool_.finish(judged.file, judged.stamp, id)
                     : spool_.refuse(judged.file, judged.stamp, id, to_json(verdict.outcome));
    }

    Async<Verdict> submit(const fs::path& file, spool::Content content) {
        const metrics::Held held(metrics_.connections);
        auto& bytes = content.bytes;
        if (!content.whole) bytes.resize(std::min(bytes.size(), kHead));
        metrics_.bytes.add(bytes.size());
        Submission submission;
        submission.media_type = media_type_of(file, bytes, options_.media_type);
        submission.body = Payload(std::move(bytes));
        submission.file = file.filename().string();
        co_return co_await judge(std::move(submission), content.whole);
    }

    Async<Verdict> judge(Submission submission, bool whole) {
        if (whole && options_.splits && submission.media_type == kHl7v2 &&
            spool::holds_batch(submission.body.reveal())) {
            std::function<void(Disposition)> each = [this](Disposition disposition) { count(disposition); };
            co_return co_await spool::accept_batch(context_.intake, std::move(submission), options_.take_faulty,
                                                   begun_->progress, std::move(each));
        }
        auto verdict = co_await judge_one(std::move(submission), whole);
        if (verdict) count(verdict->disposition);
        co_return verdict;
    }

    Async<Verdict> judge_one(Submission submission, bool whole) {
        if (whole) co_return co_await context_.intake.accept(std::move(submission));
        OperationOutcome why;
        why.add(too_long());
        co_return co_await context_.intake.refuse(std::move(submission), std::move(why), 413);
    }

    void count(Disposition disposition) {
        switch (disposition) {
            case Disposition::accepted:
                return metrics_.accepted.add();
            case Disposition::duplicate:
                return metrics_.duplicate.add();
            case Disposition::conflict:
                return metrics_.conflict.add();
            case Disposition::refused:
                return metrics_.refused.add();
        }
    }

    /// Each failure counts; only the first of a row is logged.
    void report(const Error& error) {
        metrics_.failed.add();
        if (std::exchange(failing_, true)) return;
        log::error("directory.not_taken",
                   {{"channel", context_.channel}, {"issue", to_code(error.issue)}, {"why", error.what}});
    }

    InboundContext context_;
    spool::Spool spool_;
    Options options_;
    metrics::InboundMetrics metrics_;
    asio::steady_timer timer_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> running_{false};
    bool failing_ = false;
    std::optional<Begun> begun_;
    std::optional<Judged> unmoved_;
    std::optional<spool::Cleaner> cleaner_;
};

/// Threads: any.
class DirectoryReader final : public InboundAdapter {
public:
    explicit DirectoryReader(std::shared_ptr<Reader> reader) : reader_(std::move(reader)) {}
    ~DirectoryReader() override {
        asio::post(reader_->strand, [reader = reader_] { reader->end(); });
    }

    Result<void> start() override {
        if (auto opened = reader_->open(); !opened) return opened.error();
        reader_->start();
        return {};
    }
    std::string address() const override { return reader_->spool().directory().string(); }
    /// The file at hand belongs to this reader alone: the next one must not find it.
    asio::awaitable<void> retire() override { co_await stop(kFileAtHand); }
    asio::awaitable<void> stop(Duration deadline) override {
        auto work = reader_->stop(deadline);
        co_await asio::co_spawn(reader_->strand, std::move(work), asio::use_awaitable);
    }

private:
    std::shared_ptr<Reader> reader_;
};

Result<std::unique_ptr<InboundAdapter>> make(const config::Settings& settings, InboundContext context) {
    if (settings.duration("poll") < std::chrono::milliseconds(10))
        return fail(Issue::value, settings.place("poll"), "Give at least 10ms.");
    spool::Spool spool(settings.path("directory"), settings.text("pattern"), settings.duration("settle"));
    Options options{settings.text("media_type"),
                    settings.duration("poll"),
                    settings.size("max_size"),
                    settings.duration("keep_done"),
                    settings.boolean("create"),
                    settings.text("batches") == "split",
                    settings.text("batch_faults") == "warn"};
    auto reader = std::make_shared<Reader>(std::move(context), std::move(spool), std::move(options));
    return std::unique_ptr<InboundAdapter>(std::make_unique<DirectoryReader>(std::move(reader)));
}

}  // namespace

extern const AdapterSpec kDirectoryReader;
const AdapterSpec kDirectoryReader = {
    .name = "directory_reader",
    .summary =
        "Takes each file of a directory as one message or HL7 v2 batch, and moves it to done/ or refused/ after it is "
        "stored.",
    .security = "Trusts whoever may write into the directory; symbolic links are not followed.",
    .fields = kFields,
    .examples = kExamples,
    .make_inbound = make,
};

}  // namespace causeway
