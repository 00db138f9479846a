#include "assurance/census_source.hpp"

#include <doctest/doctest.h>

#include "assurance/records.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::assurance;
using pipeline::IdList;

namespace {

const Day kDay = *parse_day("2026-11-21", Zone::london, Instant());

struct Read {
    std::vector<std::string> ids;
    std::string error;
};

Read read(const ReadIds& source) {
    Read made;
    if (auto done = source([&](std::string_view id) { made.ids.emplace_back(id); }); !done)
        made.error = to_string(done.error());
    return made;
}

ReadIds source_of(IdList list) {
    pipeline::Channel channel;
    channel.census.emplace();
    channel.census->key = "document";
    channel.census->source = std::move(list);
    return census_lists(channel, kDay, nullptr)->source;
}

IdList list(std::string file = {}, std::string command = {}) {
    IdList made;
    made.file = std::move(file);
    made.command = std::move(command);
    made.column = "id";
    return made;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("the day stands in the name of the file") {
    const test::TempDir dir;
    dir.write("sent-2026-11-21.csv", "when,id\n1,A\n2,B\n");
    const auto source = source_of(list((dir.path() / "sent-{day}.csv").string()));
    CHECK(read(source).ids == Ids{"A", "B"});
    CHECK(read(source).ids == Ids{"A", "B"});
    CHECK(fill_day("/x/{compact_day}/{day}", kDay) == "/x/20261121/2026-11-21");
}

TEST_CASE("a list that was not written is told, as is one without the column") {
    const test::TempDir dir;
    CHECK_FALSE(read(source_of(list((dir.path() / "none.csv").string()))).error.empty());
    dir.write("wrong.csv", "a,b\n1,2\n");
    CHECK(read(source_of(list((dir.path() / "wrong.csv").string()))).error.find("column") != std::string::npos);
}

TEST_CASE("a command prints the list, and is run once") {
    const test::TempDir dir;
    const auto runs = (dir.path() / "runs").string();
    const auto source = source_of(list({}, "echo run >> " + runs + "; printf 'id\\n{day}\\nB\\n'"));
    CHECK(read(source).ids == Ids{"2026-11-21", "B"});
    CHECK(read(source).ids == Ids{"2026-11-21", "B"});
    CHECK(dir.read("runs") == "run\n");
}

TEST_CASE("a command that fails is told with its status") {
    CHECK(read(source_of(list({}, "echo id; exit 3"))).error.find("status 3") != std::string::npos);
}

TEST_CASE("FHIR gives the ids of documents, requests and lists") {
    const auto ids_of = [](const std::string& json) {
        Ids found;
        std::string next;
        REQUIRE(read_fhir_ids(
                    json, {}, [&](std::string_view id) { found.emplace_back(id); }, next)
                    .has_value());
        return found;
    };
    CHECK(ids_of(R"({"resourceType":"Bundle","type":"searchset","entry":[
        {"resource":{"resourceType":"DocumentReference","masterIdentifier":{"value":"A"},"identifier":[{"value":"x"}]}},
        {"resource":{"resourceType":"DocumentReference","identifier":[{"value":"B"}]}},
        {"resource":{"resourceType":"ServiceRequest","identifier":[{"value":"000049590001"}]}}]})") ==
          Ids{"A", "B", "000049590001"});
    CHECK(ids_of(R"({"resourceType":"List","entry":[{"item":{"identifier":{"value":"C"}}}]})") == Ids{"C"});
}

TEST_CASE("a page of a searchset names the next one") {
    std::string next;
    const auto ignore = [](std::string_view) {};
    REQUIRE(
        read_fhir_ids(R"({"resourceType":"Bundle","link":[{"relation":"next","url":"http://x/2"}]})", {}, ignore, next)
            .has_value());
    CHECK(next == "http://x/2");
    REQUIRE(read_fhir_ids(R"({"resourceType":"Bundle"})", {}, ignore, next).has_value());
    CHECK(next.empty());
    CHECK_FALSE(read_fhir_ids("{", {}, ignore, next).has_value());
}

TEST_CASE("a FHIR file is read as often as it is asked") {
    const test::TempDir dir;
    auto fhir = list(
        dir.write("list.json", R"({"resourceType":"List","entry":[{"item":{"identifier":{"value":"C"}}}]})").string());
    fhir.format = IdList::Format::fhir;
    const auto source = source_of(fhir);
    CHECK(read(source).ids == Ids{"C"});
    CHECK(read(source).ids == Ids{"C"});
}

TEST_CASE("a command that does not end is ended with all that it started, after its time or when nobody waits") {
    const auto late = run_command("sleep 100 & sleep 100", {}, std::chrono::milliseconds(50));
    REQUIRE(late.has_error());
    CHECK(late.error().what.find("did not end in time") != std::string::npos);
    const auto cancelled = run_command("sleep 100", [] { return false; });
    REQUIRE(cancelled.has_error());
    CHECK(cancelled.error().what.find("cancelled") != std::string::npos);
    CHECK(run_command("exit 3").error().what.find("status 3") != std::string::npos);
}

TEST_CASE("one of 100,000 that was withheld is named, from CSV, from what a query prints, and from FHIR") {
    constexpr int count = 100'000, withheld = 61'803;
    const test::TempDir dir;
    test::Book book;
    std::string csv = "when;id\n", fhir = R"({"resourceType":"List","entry":[)";
    for (int i = 0; i < count; ++i) {
        const auto id = "DOC-" + std::to_string(i);
        if (i != withheld) book.deliver("letters", "gp", id);
        csv += "2026-11-21;" + id + '\n';
        fhir += (i == 0 ? "" : ",") + (R"({"item":{"identifier":{"value":")" + id + "\"}}}");
    }
    const auto table = dir.write("sent.csv", csv).string();
    auto as_fhir = list(dir.write("sent.json", fhir + "]}").string());
    as_fhir.format = IdList::Format::fhir;
    const Scan scan = [&](const ScanRange&, const std::function<bool(const LedgerRecord&)>& visit) {
        for (const auto& record : book.records) visit(record);
        return Result<void>();
    };
    for (const auto& source : {source_of(list(table)), source_of(list({}, "cat " + table)), source_of(as_fhir)}) {
        const auto result = compare_census(
            {"letters", "control-id", test::kDayBegin - std::chrono::hours(24), test::kDayBegin, test::kDayEnd}, source,
            nullptr, scan);
        REQUIRE(result.has_value());
        CAPTURE(result->problem);
        CHECK(result->problem.empty());
        CHECK(result->listed == count);
        CHECK(result->taken == count - 1);
        CHECK(result->missing.count == 1);
        CHECK(result->missing.ids == Ids{"DOC-61803"});
    }
}

TEST_CASE("a census that is named takes the place of the configured one") {
    const test::TempDir dir;
    const GivenCensus given{dir.write("own.csv", "a,doc\n1,A\n").string(), "ubrn", "doc"};
    const auto lists = census_lists(pipeline::Channel(), kDay, &given);
    REQUIRE(lists);
    CHECK(lists->key == "ubrn");
    CHECK_FALSE(lists->confirmed);
    CHECK(read(lists->source).ids == Ids{"A"});
    CHECK_FALSE(census_lists(pipeline::Channel(), kDay, nullptr));
}
