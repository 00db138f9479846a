#include "store/index/run.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace causeway::index {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::size_t kTailPages = 64;

/// All parts of a kind, one behind the other.
template <class Append>
Result<void> each_part(std::int64_t run, Part part, RunReader& reader, Append append) {
    for (std::uint32_t number = 0;; ++number) {
        const auto bytes = reader.get(run, part, number);
        if (!bytes && bytes.error().issue == Issue::not_found) return {};
        if (!bytes) return bytes.error();
        append(*bytes);
    }
}

void append_fences(std::vector<std::uint64_t>& fences, std::string_view bytes) {
    const std::size_t before = fences.size();
    fences.resize(before + bytes.size() / sizeof(std::uint64_t));
    std::memcpy(fences.data() + before, bytes.data(), (fences.size() - before) * sizeof(std::uint64_t));
}

}  // namespace

Result<std::shared_ptr<const Run>> Run::load(const RunInfo& info, RunReader& reader) {
    std::vector<std::uint64_t> fences;
    Bloom bloom;
    auto read = each_part(info.number, Part::fence, reader, [&](std::string_view b) { append_fences(fences, b); });
    if (!read) return read.error();
    read = each_part(info.number, Part::bloom, reader, [&](std::string_view b) { bloom.append(b); });
    if (!read) return read.error();
    if (fences.empty() || !std::is_sorted(fences.begin(), fences.end()))
        return fail(Issue::invariant, "ledger",
                    "A run of the key index is damaged; start the engine again, which builds it anew.");
    return std::make_shared<const Run>(info, std::move(fences), std::move(bloom));
}

Result<void> Run::read(std::size_t chunk, RunReader& reader, std::vector<Entry>& entries) const {
    const auto bytes = reader.get(info_.number, Part::chunk, static_cast<std::uint32_t>(chunk));
    if (!bytes) return bytes.error();
    return read_chunk(*bytes, entries);
}

/// The last chunk that may have an entry (hash, below `before`). Where a key fills many chunks, the fences of these are
/// alike and their first values decide.
Result<std::size_t> Run::last_chunk(std::uint64_t hash, std::int64_t before, RunReader& reader,
                                    std::vector<Entry>& entries) const {
    const auto alike = std::equal_range(fences_.begin(), fences_.end(), hash);
    auto low = static_cast<std::size_t>(alike.first - fences_.begin());
    auto high = static_cast<std::size_t>(alike.second - fences_.begin());
    if (before > info_.greatest_value) low = high;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (auto got = read(middle, reader, entries); !got) return got.error();
        if (!entries.empty() && entries.front().value < before)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? fences_.size() : low - 1;
}

Result<void> Run::find(std::uint64_t hash, std::int64_t before, std::size_t limit, RunReader& reader,
                       std::vector<std::int64_t>& values) const {
    if (hash < info_.least_hash || hash > info_.greatest_hash || before <= info_.least_value) return {};
    if (!bloom_.may_contain(hash)) return {};
    std::vector<Entry> entries;
    const auto last = last_chunk(hash, before, reader, entries);
    if (!last) return last.error();
    if (*last == fences_.size()) return {};
    const std::size_t most = values.size() + limit;
    for (std::size_t chunk = *last;; --chunk) {
        if (auto got = read(chunk, reader, entries); !got) return got;
        auto at = std::lower_bound(entries.begin(), entries.end(), Entry{hash, before});
        while (at != entries.begin() && values.size() < most && (at - 1)->hash == hash) values.push_back((--at)->value);
        if (at != entries.begin() || values.size() >= most || chunk == 0) return {};
    }
}

RunBuilder::RunBuilder(std::int64_t number, Family family, int level, std::uint64_t expected) {
    info_.number = number;
    info_.family = family;
    info_.level = level;
    if (family == Family::duplicates) bloom_ = Bloom(expected);
}

void RunBuilder::add(const Entry& entry, std::vector<Page>& pages) {
    if (!chunk_.add(entry)) {
        end_chunk(pages);
        (void)chunk_.add(entry);
    }
    if (info_.family == Family::duplicates) bloom_.add(entry.hash);
    if (info_.entries++ == 0) {
        info_.least_hash = entry.hash;
        info_.least_value = info_.greatest_value = entry.value;
    }
    info_.greatest_hash = entry.hash;
    info_.least_value = std::min(info_.least_value, entry.value);
    info_.greatest_value = std::max(info_.greatest_value, entry.value);
}

void RunBuilder::end_chunk(std::vector<Page>& pages) {
    fences_.push_back(chunk_.first_hash());
    pages.push_back({info_.number, Part::chunk, static_cast<std::uint32_t>(fences_.size() - 1), chunk_.take()});
}

bool RunBuilder::next_tail(Part part, std::string_view bytes, std::vector<Page>& pages) {
    for (std::size_t i = 0; i < kTailPages && tail_at_ < bytes.size(); ++i, tail_at_ += kPageBytes)
        pages.push_back({info_.number, part, static_cast<std::uint32_t>(tail_at_ / kPageBytes),
                         std::string(bytes.substr(tail_at_, kPageBytes))});
    if (tail_at_ < bytes.size()) return false;
    tail_at_ = 0;
    return true;
}

bool RunBuilder::finish(std::vector<Page>& pages) {
    if (info_.entries == 0) return true;
    if (!chunk_.empty()) end_chunk(pages);
    const std::string_view fences(reinterpret_cast<const char*>(fences_.data()),
                                  fences_.size() * sizeof(std::uint64_t));
    if (tail_ == Part::chunk) tail_ = Part::fence;
    if (tail_ == Part::fence) {
        if (next_tail(Part::fence, fences, pages)) tail_ = Part::bloom;
        return false;
    }
    return next_tail(Part::bloom, bloom_.bytes(), pages);
}

std::shared_ptr<const Run> RunBuilder::made() {
    if (info_.entries == 0) return nullptr;
    return std::make_shared<const Run>(info_, std::move(fences_), std::move(bloom_));
}

}  // namespace causeway::index
