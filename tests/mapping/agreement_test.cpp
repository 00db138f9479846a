/// The corpus's messages with expected results, through the shipped maps: how much of what each source expects is in
/// what comes out. Differences that stay have a reason in agreement/kept.tsv; every other one counts.
#include <boost/json/src.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "hl7v2/path.hpp"
#include "mapping/agreement/cases.hpp"
#include "mapping/agreement/elements.hpp"
#include "mapping/support.hpp"
#include "support/glob.hpp"

using namespace causeway;

namespace {

namespace fs = std::filesystem;

const fs::path kMappings = fs::path(CAUSEWAY_SOURCE_DIR) / "mappings";

/// Share of the elements (without those kept apart with a reason) that must agree, in hundredths.
const std::map<std::string, int> kReached{{"cdc-reportstream", 82},
                                          {"cdc-trusted-intermediary", 98},
                                          {"google-whistle", 71},
                                          {"microsoft-fhir-converter", 63}};

struct Kept {
    std::string source, element, reason;
    mutable bool used = false;
};

std::vector<Kept> kept_differences() {
    std::vector<Kept> kept;
    std::ifstream in(fs::path(CAUSEWAY_SOURCE_DIR) / "tests/mapping/agreement/kept.tsv");
    REQUIRE(in.good());
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto first = line.find('\t');
        const auto second = line.find('\t', first + 1);
        REQUIRE(second != std::string::npos);
        kept.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
    }
    return kept;
}

/// The shipped map for a message, by MSH-9; none for types that no shipped map is for.
const mapping::Map* map_for(const std::string& type, const std::string& event) {
    static const std::map<std::string, std::string> files{{"ADT", "A01 A02 A03 A04 A05 A08 A11 A12 A13 A28 A31 A40"},
                                                          {"SIU", "S12 S13 S14 S15 S17 S26"},
                                                          {"MDM", "T01 T02 T05 T06 T08 T09 T10 T11"},
                                                          {"REF", "I12 I13 I14 I15"},
                                                          {"RRI", "I12 I13 I14 I15"},
                                                          {"ORU", "R01"},
                                                          {"ORM", "O01"},
                                                          {"OMG", "O19"},
                                                          {"OML", "O21"}};
    static std::map<std::string, mapping::Map> maps;
    const auto found = files.find(type);
    if (found == files.end() || (found->second.find(event) == std::string::npos) || event.empty()) return nullptr;
    auto name = type == "RRI" ? "ref" : type.starts_with("O") && type != "ORU" ? "order" : type;
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    auto& map = maps[name];
    std::vector<config::Mistake> mistakes;
    if (map.empty()) map = mapping::Map::load(kMappings / (name + ".map"), mistakes);
    REQUIRE_FALSE(map.empty());
    return &map;
}

struct Score {
    int files = 0, unreadable = 0, without_map = 0, refused = 0;
    int expected = 0, agree = 0, kept = 0, differ = 0, missing = 0;
    std::map<std::string, int> reasons;
    std::map<std::string, std::pair<int, std::string>> open;  ///< "path = value" and where first seen.

    int share() const { return expected == kept ? 100 : 100 * agree / (expected - kept); }
};

class Agreement {
public:
    void compare(const test::AgreementCase& one) {
        auto& score = scores_[one.source];
        ++score.files;
        boost::system::error_code failed;
        const auto expected = boost::json::parse(one.expected, failed);
        REQUIRE_MESSAGE(!failed, one.name);
        const auto message = hl7v2::parse(Payload(one.message));
        if (!message) {
            ++score.unreadable;  // Its reason is tests/hl7v2's affair.
            return;
        }
        const auto text = [&](const char* path) {
            return std::string((*message)->first(*hl7v2::Path::parse(path)).text());
        };
        const auto* map = map_for(text("MSH-9.1"), text("MSH-9.2"));
        if (map == nullptr) {
            ++score.without_map;
            return;
        }
        const auto output = map->run(mapping::Direction::forward, (*message)->root(), {});
        if (!output) {
            ++score.refused;
            if (const auto* reason = kept(one.source, "refused: " + one.name))
                ++score.reasons[*reason];
            else
                refusals_.insert(one.source + " " + one.name + ": " + output.error().where + " " + output.error().what);
            return;
        }
        count(score, one, test::Elements(expected).all(),
              test::Elements(boost::json::parse(output->payload.reveal())).all());
    }
    const std::map<std::string, Score>& scores() const noexcept { return scores_; }
    const std::set<std::string>& refusals() const noexcept { return refusals_; }
    /// Lines of kept.tsv that no file needs.
    std::vector<std::string> unused() const {
        std::vector<std::string> lines;
        for (const auto& kept : kept_)
            if (!kept.used) lines.push_back(kept.source + " " + kept.element);
        return lines;
    }

private:
    void count(Score& score, const test::AgreementCase& one, const std::vector<test::Element>& expected,
               const std::vector<test::Element>& ours) {
        std::multimap<std::string, std::string> left;
        for (const auto& element : ours) left.emplace(element.path, element.value);
        std::vector<const test::Element*> open;
        for (const auto& element : expected) {
            ++score.expected;
            if (take(left, element))
                ++score.agree;
            else
                open.push_back(&element);
        }
        for (const auto* element : open) keep_or_count(score, one, left, *element);
    }
    static bool take(std::multimap<std::string, std::string>& left, const test::Element& element) {
        const auto [begin, end] = left.equal_range(element.path);
        const auto found = std::find_if(
            begin, end, [&](const auto& candidate) { return test::same_value(element.value, candidate.second); });
        if (found == end) return false;
        left.erase(found);
        return true;
    }
    /// Why this difference stays; null where nothing says so.
    const std::string* kept(const std::string& source, const std::string& what) const {
        for (const auto& kept : kept_)
            if (test::is_like(source, kept.source) && test::is_like(what, kept.element)) {
                kept.used = true;
                return &kept.reason;
            }
        return nullptr;
    }
    void keep_or_count(Score& score, const test::AgreementCase& one, std::multimap<std::string, std::string>& left,
                       const test::Element& element) {
        if (const auto* reason = kept(one.source, element.path + " = " + element.value)) {
            ++score.kept;
            ++score.reasons[*reason];
            return;
        }
        const auto other = left.find(element.path);
        const bool differs = other != left.end();
        ++(differs ? score.differ : score.missing);
        auto& [times, where] = score.open[element.path];
        if (times++ == 0) where = one.name + ": " + element.value + (differs ? " / ours " + other->second : " / none");
    }

    const std::vector<Kept> kept_ = kept_differences();
    std::map<std::string, Score> scores_;
    std::set<std::string> refusals_;
};

void print(const std::map<std::string, Score>& scores) {
    std::printf("%-26s %6s %10s %7s %8s %9s %7s %6s %7s %8s %7s\n", "source", "files", "unreadable", "no map",
                "refused", "elements", "agree", "kept", "differ", "missing", "share");
    for (const auto& [source, score] : scores)
        std::printf("%-26s %6d %10d %7d %8d %9d %7d %6d %7d %8d %6d%%\n", source.c_str(), score.files, score.unreadable,
                    score.without_map, score.refused, score.expected, score.agree, score.kept, score.differ,
                    score.missing, score.share());
    std::map<std::string, int> reasons;
    for (const auto& [source, score] : scores)
        for (const auto& [reason, count] : score.reasons) reasons[reason] += count;
    for (const auto& [reason, count] : reasons) std::printf("  kept %6d: %s\n", count, reason.c_str());
}

/// CAUSEWAY_AGREEMENT=source lists what is open, for who works on a map.
void print_open(const std::map<std::string, Score>& scores) {
    const char* wanted = std::getenv("CAUSEWAY_AGREEMENT");
    if (wanted == nullptr) return;
    for (const auto& [source, score] : scores)
        if (test::is_like(source, wanted))
            for (const auto& [path, what] : score.open)
                std::printf("%s\t%d\t%s\t%s\n", source.c_str(), what.first, path.c_str(), what.second.c_str());
}

}  // namespace

TEST_CASE("the shipped maps agree with the results that published sources expect") {
    const auto folder = test::corpus("hl7v2");
    if (folder.empty()) {
        MESSAGE("skipped: the corpus is absent (CAUSEWAY_CORPUS)");
        return;
    }
    Agreement agreement;
    for (const auto& one : test::agreement_cases(folder)) agreement.compare(one);
    print(agreement.scores());
    print_open(agreement.scores());
    for (const auto& refusal : agreement.refusals()) FAIL_CHECK(refusal);
    for (const auto& line : agreement.unused()) FAIL_CHECK("no file needs this line of kept.tsv: ", line);
    for (const auto& [source, hundredths] : kReached) {
        CAPTURE(source);
        REQUIRE(agreement.scores().contains(source));
        CHECK(agreement.scores().at(source).share() >= hundredths);
    }
}
