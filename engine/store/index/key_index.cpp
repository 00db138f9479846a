#include "store/index/key_index.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <optional>

#include "store/index/job.hpp"
#include "store/index/staged.hpp"
#include "store/index/view.hpp"

namespace causeway::index {

/// A job with what it has made and nobody has written. `job` belongs to the preparer until `complete`.
struct Line {
    std::unique_ptr<Job> job;
    std::deque<Page> pages;
    bool complete = false;  ///< All its pages are in `pages` or written.

    bool ready() const { return !pages.empty() || complete; }
};

class KeyIndex::State {
public:
    State(const IndexOptions& options, const StoredRuns& stored) : options_(options), stored_(stored.runs) {
        indexed_through_ = stored.indexed_through;
        for (const RunInfo& run : stored.runs) last_run_ = std::max(last_run_, run.number);
        for (const std::int64_t run : stored.unfinished) {
            last_run_ = std::max(last_run_, run);
            dead_.push_back({run, {}});
        }
        auto first = std::make_shared<View>();
        first->tables.push_back(std::make_shared<Memtable>(options_.memory_entries));
        view_ = std::move(first);
    }

    Result<void> load(RunReader& reader) {
        auto loaded = std::make_shared<View>(*view());
        for (const RunInfo& info : stored_) {
            auto run = Run::load(info, reader);
            if (!run) return run.error();
            loaded->add(std::move(*run));
        }
        show(std::move(loaded));
        stored_.clear();
        return {};
    }

    void start_anew() {
        for (const RunInfo& run : stored_) dead_.push_back({run.number, {}});
        stored_.clear();
        indexed_through_ = 0;
    }

    std::shared_ptr<const View> view() const {
        const std::lock_guard lock(mutex_);
        return view_;
    }

    // ---- writer
    Staged staged;

    void publish(std::int64_t block);
    void begin_table(std::size_t entries);
    bool behind() const { return view()->tables.size() > options_.most_full_tables + 1; }
    bool has_slice() const {
        const std::lock_guard lock(mutex_);
        return flush_.ready() || merge_.ready() || droppable() != nullptr;
    }
    Result<void> write(RunWriter& writer);
    void written();
    void unwritten();

    // ---- preparer
    Result<bool> prepare(RunReader& reader);

    // ---- any
    template <class T>
    Result<T> noted(Result<T> read) const {
        if (!read) damaged_ = true;
        return read;
    }
    bool damaged() const { return damaged_; }
    void forget_below(Family family, std::int64_t floor) {
        floors_[static_cast<std::size_t>(family)].store(floor, std::memory_order_relaxed);
    }
    IndexFigures figures() const;
    std::int64_t indexed_through() const { return indexed_through_.load(std::memory_order_relaxed); }

private:
    /// A run that is in the index no more; its parts are dropped when no reader has it.
    struct Dead {
        std::int64_t number;
        std::weak_ptr<const Run> run;
    };
    /// What the transaction of a slice holds.
    struct Slice {
        std::vector<Page> flush, merge;
        bool ends_flush = false, ends_merge = false;
        std::int64_t dropped = 0;  ///< A run without parts from now on.
    };

    void show(std::shared_ptr<const View> view) {
        const std::lock_guard lock(mutex_);
        view_ = std::move(view);
    }
    std::int64_t floor(Family family) const {
        return floors_[static_cast<std::size_t>(family)].load(std::memory_order_relaxed);
    }
    const Dead* droppable() const {
        const auto found = std::find_if(dead_.begin(), dead_.end(), [](const Dead& d) { return d.run.expired(); });
        return found == dead_.end() ? nullptr : &*found;
    }

    void take(Line& line, std::vector<Page>& pages, bool& ends);
    Result<void> write_pages(const Line& line, const std::vector<Page>& pages, bool ends, RunWriter& writer);
    void end(Line& line, bool ends, View& view);

    bool start_flush(const View& view);
    bool start_merge(const View& view);
    std::unique_ptr<Job> forget_old(const View& view);
    std::unique_ptr<Job> merge_level(const View& view, Family family);
    std::unique_ptr<Job> merge(std::vector<std::shared_ptr<const Run>> runs, int level);
    Result<bool> step(Line& line, RunReader& reader);

    const IndexOptions options_;
    std::vector<RunInfo> stored_;  // Until load().
    std::array<std::atomic<std::int64_t>, kFamilies> floors_{};
    std::atomic<std::int64_t> indexed_through_{0};
    std::atomic<std::uint64_t> bytes_written_{0};
    mutable std::atomic<bool> damaged_{false};
    std::int64_t last_run_ = 0;  // Preparer.
    Slice slice_;                // Writer.

    mutable std::mutex mutex_;  // Held for moments only; guards what follows.
    std::shared_ptr<const View> view_;
    Line flush_, merge_;
    std::vector<Dead> dead_;
};

/// The one before it is full from now on.
void KeyIndex::State::begin_table(std::size_t entries) {
    auto next = std::make_shared<View>(*view());
    next->tables.insert(next->tables.begin(), std::make_shared<Memtable>(std::max(options_.memory_entries, entries)));
    show(std::move(next));
}

void KeyIndex::State::publish(std::int64_t block) {
    if (view()->tables.front()->room() < staged.items().size()) begin_table(staged.items().size());
    const auto table = view()->tables.front();
    for (const auto& item : staged.items()) table->add(item.family, item.entry);
    table->publish(block);
    staged.clear();
}

void KeyIndex::State::take(Line& line, std::vector<Page>& pages, bool& ends) {
    const std::size_t had = slice_.flush.size() + slice_.merge.size();
    for (std::size_t i = had; i < options_.slice_parts && !line.pages.empty(); ++i) {
        pages.push_back(std::move(line.pages.front()));
        line.pages.pop_front();
    }
    ends = line.complete && line.pages.empty();
}

Result<void> KeyIndex::State::write_pages(const Line& line, const std::vector<Page>& pages, bool ends,
                                          RunWriter& writer) {
    for (const Page& page : pages)
        if (auto put = writer.put(page.run, page.part, page.number, page.bytes); !put) return put;
    if (!ends) return {};
    const Job::End& done = line.job->end();
    for (const auto& run : done.made)
        if (auto finished = writer.finish(run->info()); !finished) return finished;
    for (const auto& run : done.replaced)
        if (auto retired = writer.retire(run->info().number); !retired) return retired;
    return done.table ? writer.indexed_through(done.table->through()) : Result<void>();
}

Result<void> KeyIndex::State::write(RunWriter& writer) {
    std::int64_t drop = 0;
    {
        const std::lock_guard lock(mutex_);
        take(flush_, slice_.flush, slice_.ends_flush);
        take(merge_, slice_.merge, slice_.ends_merge);
        if (const Dead* const dead = droppable()) drop = dead->number;
    }
    if (auto put = write_pages(flush_, slice_.flush, slice_.ends_flush, writer); !put) return put;
    if (auto put = write_pages(merge_, slice_.merge, slice_.ends_merge, writer); !put) return put;
    if (drop == 0) return {};
    const auto more = writer.drop(drop, static_cast<std::uint32_t>(options_.slice_parts));
    if (!more) return more.error();
    if (!*more) slice_.dropped = drop;
    return {};
}

/// What the job's last page made true becomes visible.
void KeyIndex::State::end(Line& line, bool ends, View& next) {
    if (!ends) return;
    const Job::End& done = line.job->end();
    for (const auto& run : done.replaced) {
        next.remove(*run);
        dead_.push_back({run->info().number, run});
    }
    for (const auto& run : done.made) next.add(run);
    if (done.table) {
        std::erase(next.tables, done.table);
        indexed_through_.store(done.table->through(), std::memory_order_relaxed);
    }
    line = {};
}

void KeyIndex::State::written() {
    std::uint64_t bytes = 0;
    for (const auto* const pages : {&slice_.flush, &slice_.merge})
        for (const Page& page : *pages) bytes += page.bytes.size();
    bytes_written_.fetch_add(bytes, std::memory_order_relaxed);
    std::shared_ptr<const View> old;  // Destroyed after the lock is given back.
    auto next = std::make_shared<View>(*view());
    {
        const std::lock_guard lock(mutex_);
        end(flush_, slice_.ends_flush, *next);
        end(merge_, slice_.ends_merge, *next);
        std::erase_if(dead_, [&](const Dead& dead) { return dead.number == slice_.dropped; });
        old = std::exchange(view_, std::move(next));
    }
    slice_ = {};
}

void KeyIndex::State::unwritten() {
    const std::lock_guard lock(mutex_);
    flush_.pages.insert(flush_.pages.begin(), std::make_move_iterator(slice_.flush.begin()),
                        std::make_move_iterator(slice_.flush.end()));
    merge_.pages.insert(merge_.pages.begin(), std::make_move_iterator(slice_.merge.begin()),
                        std::make_move_iterator(slice_.merge.end()));
    slice_ = {};
}

bool KeyIndex::State::start_flush(const View& view) {
    if (view.tables.size() < 2) return false;
    const std::shared_ptr<const Memtable> oldest = view.tables.back();
    auto job = std::make_unique<Job>(Job::End{{}, {}, oldest});
    for (const Family family : {Family::duplicates, Family::keys, Family::ids}) {
        auto entries = oldest->sorted(family);
        if (entries.empty()) continue;
        RunBuilder builder(++last_run_, family, 0, entries.size());
        job->build(std::move(builder), std::make_unique<SortedEntries>(std::move(entries)));
    }
    const std::lock_guard lock(mutex_);
    flush_ = {std::move(job), {}, false};
    return true;
}

/// Runs that are wholly below the floor go without being read.
std::unique_ptr<Job> KeyIndex::State::forget_old(const View& view) {
    Job::End end;
    for (std::size_t family = 0; family < kFamilies; ++family)
        for (const auto& run : view.runs[family])
            if (run->info().greatest_value < floor(static_cast<Family>(family))) end.replaced.push_back(run);
    return end.replaced.empty() ? nullptr : std::make_unique<Job>(std::move(end));
}

std::unique_ptr<Job> KeyIndex::State::merge(std::vector<std::shared_ptr<const Run>> runs, int level) {
    const Family family = runs.front()->info().family;
    std::uint64_t entries = 0;
    for (const auto& run : runs) entries += run->info().entries;
    auto job = std::make_unique<Job>(Job::End{{}, runs, nullptr});
    RunBuilder builder(++last_run_, family, level, entries);
    job->build(std::move(builder), std::make_unique<MergedRuns>(std::move(runs), floor(family)));
    return job;
}

/// The lowest level that is full.
std::unique_ptr<Job> KeyIndex::State::merge_level(const View& view, Family family) {
    std::vector<std::vector<std::shared_ptr<const Run>>> levels;
    for (const auto& run : view.of(family)) {
        const auto level = static_cast<std::size_t>(run->info().level);
        if (levels.size() <= level) levels.resize(level + 1);
        levels[level].push_back(run);
    }
    for (std::size_t level = 0; level < levels.size(); ++level) {
        auto& runs = levels[level];
        if (runs.size() < options_.merge_width) continue;
        std::sort(runs.begin(), runs.end(),
                  [](const auto& a, const auto& b) { return a->info().number < b->info().number; });
        runs.resize(options_.merge_width);
        return merge(std::move(runs), static_cast<int>(level) + 1);
    }
    return nullptr;
}

bool KeyIndex::State::start_merge(const View& view) {
    auto job = forget_old(view);
    for (const Family family : {Family::duplicates, Family::ids, Family::keys})
        if (!job) job = merge_level(view, family);
    if (!job) return false;
    const std::lock_guard lock(mutex_);
    merge_ = {std::move(job), {}, false};
    return true;
}

/// Fills the line up to two slices. True where something was made.
Result<bool> KeyIndex::State::step(Line& line, RunReader& reader) {
    {
        const std::lock_guard lock(mutex_);
        if (!line.job || line.complete || line.pages.size() >= 2 * options_.slice_parts) return false;
    }
    Job& job = *line.job;
    const auto complete = job.step(options_.slice_parts, reader);
    const std::lock_guard lock(mutex_);
    std::move(job.pages().begin(), job.pages().end(), std::back_inserter(line.pages));
    job.pages().clear();
    if (!complete) return complete.error();
    line.complete = *complete;
    return true;
}

/// Writing out what is in memory goes before merging.
Result<bool> KeyIndex::State::prepare(RunReader& reader) {
    const auto now = view();
    bool no_flush = false, no_merge = false;
    {
        const std::lock_guard lock(mutex_);
        no_flush = !flush_.job;
        no_merge = !merge_.job;
    }
    if (no_flush && start_flush(*now)) return true;
    if (auto made = step(flush_, reader); !made || *made) return made;
    if (no_merge && start_merge(*now)) return true;
    return step(merge_, reader);
}

IndexFigures KeyIndex::State::figures() const {
    IndexFigures figures;
    const auto now = view();
    for (const auto& table : now->tables) figures.memory_bytes += table->bytes();
    for (const auto& runs : now->runs)
        for (const auto& run : runs) {
            ++figures.runs;
            figures.entries += run->info().entries;
            figures.memory_bytes += run->bytes();
        }
    figures.bytes_written = bytes_written_.load(std::memory_order_relaxed);
    return figures;
}

KeyIndex::KeyIndex(IndexOptions options, const StoredRuns& stored) : state_(std::make_unique<State>(options, stored)) {
}

KeyIndex::~KeyIndex() = default;

Result<void> KeyIndex::load(RunReader& reader) {
    return state_->load(reader);
}

void KeyIndex::start_anew() {
    state_->start_anew();
}

bool KeyIndex::damaged() const {
    return state_->damaged();
}

std::int64_t KeyIndex::indexed_through() const {
    return state_->indexed_through();
}

void KeyIndex::add(Family family, std::uint64_t hash, std::int64_t value) {
    state_->staged.add(family, {hash, value});
}

void KeyIndex::staged(Family family, std::uint64_t hash, std::vector<std::int64_t>& values) const {
    state_->staged.find(family, hash, values);
}

void KeyIndex::publish(std::int64_t block) {
    state_->publish(block);
}

void KeyIndex::write_all() {
    if (state_->view()->tables.front()->through() > state_->indexed_through()) state_->begin_table(0);
}

void KeyIndex::discard() {
    state_->staged.clear();
}

bool KeyIndex::behind() const {
    return state_->behind();
}

bool KeyIndex::has_slice() const {
    return state_->has_slice();
}

Result<void> KeyIndex::write(RunWriter& writer) {
    return state_->write(writer);
}

void KeyIndex::written() {
    state_->written();
}

void KeyIndex::unwritten() {
    state_->unwritten();
}

Result<bool> KeyIndex::prepare(RunReader& reader) {
    return state_->noted(state_->prepare(reader));
}

Result<std::vector<std::int64_t>> KeyIndex::lookup(const Query& query, RunReader& reader) const {
    return state_->noted(state_->view()->lookup(query, reader));
}

void KeyIndex::forget_below(Family family, std::int64_t floor) {
    state_->forget_below(family, floor);
}

IndexFigures KeyIndex::figures() const {
    return state_->figures();
}

}  // namespace causeway::index
