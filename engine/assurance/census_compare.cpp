#include "assurance/census_compare.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "core/digest.hpp"

namespace causeway::assurance {
namespace {

using Digest = std::array<char, 16>;

struct Hash {
    std::size_t operator()(const Digest& digest) const noexcept {
        std::size_t value = 0;
        std::memcpy(&value, digest.data(), sizeof value);
        return value;
    }
};

Digest digest_of(std::string_view id) {
    const auto whole = sha256(id);
    Digest digest{};
    std::memcpy(digest.data(), whole.data(), digest.size());
    return digest;
}

/// Which round an id belongs to.
struct Round {
    std::size_t number = 0, of = 1;
    bool has(const Digest& digest) const { return static_cast<unsigned char>(digest.back()) % of == number; }
};
constexpr std::size_t kMostRounds = 256;

struct Entry {
    Id message;  ///< The first accepted one that has the id.
    std::int32_t owed = 0, ended = 0;
    bool listed = false, confirmed = false, refused = false;
};

/// One round: a part of the ids, and the whole ledger of these days.
class Comparison {
public:
    Comparison(const CensusQuestion& question, Round round, CensusResult& result)
        : question_(question), round_(round), result_(result) {}

    Result<void> read(const ReadIds& source, const ReadIds& confirmed) {
        auto read = source([&](std::string_view id) { list(id); });
        if (!read || !confirmed) return read;
        return confirmed([&](std::string_view id) {
            if (auto* entry = find(id)) entry->confirmed = true;
        });
    }

    void add(const LedgerRecord& record) {
        if (record.intake && record.intake->message.channel == question_.channel) take(record);
        const auto known = by_message_.find(record.event.message.value);
        if (known == by_message_.end()) return;
        if (record.created && record.created->id != known->second->message) ++known->second->owed;
        if (record.change && is_final(record.change->state)) ++known->second->ended;
    }

    /// The census once more, to name what the digests cannot.
    Result<void> finish(const ReadIds& source) {
        return source([&](std::string_view id) {
            auto* entry = find(id);
            if (!entry || !entry->listed) return;
            entry->listed = false;  // An id that stands there twice is named once.
            name(*entry, id);
        });
    }

private:
    static bool is_final(State state) { return state == State::delivered || state == State::filtered; }

    Entry* find(std::string_view id) {
        const auto found = entries_.find(digest_of(id));
        return found == entries_.end() ? nullptr : &found->second;
    }

    void list(std::string_view id) {
        const auto digest = digest_of(id);
        if (!round_.has(digest)) return;
        auto& entry = entries_[digest];
        ++(entry.listed ? result_.repeated : result_.listed);
        entry.listed = true;
    }

    void take(const LedgerRecord& record) {
        const auto& stored = *record.intake;
        bool has_key = false, mine = false, listed = false;
        const auto note = [&](const std::string& value) {
            const auto digest = digest_of(value);
            has_key = true;
            mine = mine || round_.has(digest);
            const auto found = entries_.find(digest);
            if (found == entries_.end()) return;
            listed = true;
            mark(found->second, stored);
        };
        for (const auto& key : stored.message.keys)
            if (key.kind == question_.key) note(key.value);
        const bool of_day = record.event.at >= question_.from && record.event.at < question_.until;
        if (!of_day || stored.disposition != Disposition::accepted) return;
        if (!has_key && round_.number == 0) result_.without_key.add(stored.message.id.text());
        if (mine && !listed) result_.not_listed.add(stored.message.id.text());
    }

    void mark(Entry& entry, const StoredMessage& stored) {
        if (stored.disposition != Disposition::accepted) {
            entry.refused = true;
        } else if (!entry.message) {
            entry.message = stored.message.id;
            entry.owed = 1;
            by_message_[entry.message.value] = &entry;
        }
    }

    void name(const Entry& entry, std::string_view id) {
        result_.confirmed += entry.confirmed ? 1 : 0;
        if (!entry.message) return (entry.refused ? result_.refused : result_.missing).add(id);
        ++result_.taken;
        if (entry.ended >= entry.owed)
            ++result_.delivered;
        else
            result_.open.add(id);
        if (result_.has_confirmed && !entry.confirmed) result_.unconfirmed.add(id);
    }

    const CensusQuestion& question_;
    const Round round_;
    CensusResult& result_;
    std::unordered_map<Digest, Entry, Hash> entries_;
    std::unordered_map<std::int64_t, Entry*> by_message_;
};

CensusResult& failed(CensusResult& result, const Error& why) {
    result.problem = to_string(why);
    return result;
}

}  // namespace

Result<CensusResult> compare_census(const CensusQuestion& question, const ReadIds& source, const ReadIds& confirmed,
                                    const Scan& scan, std::size_t round) {
    CensusResult result;
    result.channel = question.channel;
    result.key = question.key;
    result.has_confirmed = static_cast<bool>(confirmed);
    std::size_t lines = 0;
    if (auto counted = source([&](std::string_view) { ++lines; }); !counted) return failed(result, counted.error());
    const auto rounds = std::clamp<std::size_t>((lines + round - 1) / round, 1, kMostRounds);
    for (std::size_t number = 0; number < rounds; ++number) {
        Comparison comparison(question, {number, rounds}, result);
        if (auto read = comparison.read(source, confirmed); !read) return failed(result, read.error());
        auto scanned = scan({0, question.earliest, Instant::max()}, [&](const LedgerRecord& record) {
            comparison.add(record);
            return true;
        });
        if (!scanned) return scanned.error();
        if (auto named = comparison.finish(source); !named) return failed(result, named.error());
    }
    return result;
}

}  // namespace causeway::assurance
