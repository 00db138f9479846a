#include "assurance/census_compare.hpp"

#include <doctest/doctest.h>

#include "assurance/records.hpp"

using namespace causeway;
using namespace causeway::assurance;
using test::Book;

namespace {

ReadIds list(std::vector<std::string> ids) {
    return [ids = std::move(ids)](const std::function<void(std::string_view)>& take) {
        for (const auto& id : ids) take(id);
        return Result<void>();
    };
}

CensusResult compare(const Book& book, const ReadIds& source, const ReadIds& confirmed = nullptr,
                     std::size_t round = kCensusRound) {
    const Scan scan = [&](const ScanRange&, const std::function<bool(const LedgerRecord&)>& visit) {
        for (const auto& record : book.records)
            if (!visit(record)) break;
        return Result<void>();
    };
    const CensusQuestion question{"letters", "control-id", test::kDayBegin - std::chrono::hours(24), test::kDayBegin,
                                  test::kDayEnd};
    return compare_census(question, source, confirmed, scan, round).value();
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("what the source sent, the ledger took and receivers confirmed agree") {
    Book book;
    book.deliver("letters", "gp", "A");
    book.deliver("letters", "gp", "B");
    const auto result = compare(book, list({"A", "B"}), list({"A", "B"}));
    CHECK(result.listed == 2);
    CHECK(result.taken == 2);
    CHECK(result.delivered == 2);
    CHECK(result.confirmed == 2);
    CHECK(result.concerns() == 0);
}

TEST_CASE("each kind of difference is named by id") {
    Book book;
    book.deliver("letters", "gp", "delivered");
    book.intake(Disposition::refused, "letters", "refused");
    const auto open = book.accept("letters", "open");
    book.move(open, open, State::delivered);
    book.owe(open, "gp");
    const auto unknown = book.deliver("letters", "gp", "not-listed");
    const auto nameless = book.accept("letters");
    book.deliver("other", "gp", "elsewhere");

    const auto result =
        compare(book, list({"delivered", "refused", "open", "lost", "open", "elsewhere"}), list({"open"}));

    CHECK(result.listed == 5);
    CHECK(result.repeated == 1);
    CHECK(result.missing.ids == Ids{"lost", "elsewhere"});
    CHECK(result.refused.ids == Ids{"refused"});
    CHECK(result.open.ids == Ids{"open"});
    CHECK(result.unconfirmed.ids == Ids{"delivered"});
    CHECK(result.not_listed.ids == Ids{unknown.text()});
    CHECK(result.without_key.ids == Ids{nameless.text()});
    CHECK(result.concerns() == 4);
}

TEST_CASE("a message that was refused and accepted later under the same id was taken") {
    Book book;
    book.intake(Disposition::refused, "letters", "A");
    book.deliver("letters", "gp", "A");
    const auto result = compare(book, list({"A"}));
    CHECK(result.taken == 1);
    CHECK(result.refused.count == 0);
}

TEST_CASE("an id of the evening before is found, and a message of another day need not be listed") {
    Book book;
    book.now = test::kDayBegin - std::chrono::hours(1);
    book.deliver("letters", "gp", "early");
    book.deliver("letters", "gp", "of the day before");
    const auto result = compare(book, list({"early"}));
    CHECK(result.missing.count == 0);
    CHECK(result.not_listed.count == 0);
}

TEST_CASE("one message of 100,000 withheld at the source's wire is named, in one round or in many") {
    Book book;
    Ids ids;
    for (int i = 0; i < 100'000; ++i) {
        ids.push_back("DOC-" + std::to_string(i));
        if (i != 73'111) book.deliver("letters", "gp", ids.back());
    }
    for (const std::size_t round : {kCensusRound, std::size_t{30'000}}) {
        const auto result = compare(book, list(ids), nullptr, round);
        CHECK(result.listed == 100'000);
        CHECK(result.taken == 99'999);
        CHECK(result.delivered == 99'999);
        CHECK(result.missing.ids == Ids{"DOC-73111"});
        CHECK(result.not_listed.count == 0);
    }
}

TEST_CASE("a long list of names is cut, and its count is whole") {
    Book book;
    Ids ids;
    for (int i = 0; i < 1'500; ++i) ids.push_back(std::to_string(i));
    const auto result = compare(book, list(ids));
    CHECK(result.missing.count == 1'500);
    CHECK(result.missing.ids.size() == CensusResult::kNamed);
}

TEST_CASE("a list that cannot be read is a concern of its own") {
    const auto broken = [](const std::function<void(std::string_view)>&) -> Result<void> {
        return fail(Issue::not_found, "census", "There is no list.");
    };
    const auto result = compare(Book(), broken);
    CHECK(result.problem == "census: There is no list.");
    CHECK(result.concerns() == 1);
}
