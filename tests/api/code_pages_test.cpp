#include "api/code_pages.hpp"

#include <doctest/doctest.h>

#include "api/api_fixture.hpp"

namespace causeway::api {
namespace {

using test::ApiWorld;
using test::Json;

/// Three messages with codes of PID-8 and PID-16 that the map's tables lack.
struct Unmapped : ApiWorld {
    net::HttpResponse page(const std::string& target, bool as_text = false) {
        CodePages pages((*this)->store(), (*this)->clock());
        net::HttpRequest request;
        request.method = "GET";
        request.target = target;
        if (as_text) request.headers.emplace_back("Accept", "text/plain");
        auto call = call_of(request, "nurse");
        CHECK(pages.takes(call));
        return run(pages.answer(std::move(call)));
    }
    std::string text(const std::string& target) { return page(target, true).body; }
    Unmapped() {
        const auto* const table =
            R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"M","target":[{"code":"male"}]}]}]})";
        dir.write("mappings/sex.json", table);
        dir.write("mappings/status.json", table);
        map("coded",
            "map coded   v2 2.1..2.9 ADT^A28   ->   Patient   version 1\n\n"
            "table sex    = \"sex.json\"\ntable status = \"status.json\"\nresource Patient\n"
            "  PID-8   -> gender via sex          else warn \"unknown\"\n"
            "  PID-16  -> maritalStatus : CWE via status  else drop\n");
        adt_to("[{destination: pas, map: coded}]");
        start();
        send_with("C1", "F||||||||");
        send_with("C2", "F||||||||W^^HL70002");
        send_with("C3", "lives alone||||||||");
        REQUIRE(settles());
    }
    void send_with(const std::string& id, const std::string& from_sex) {
        const auto body = test::v2(
            "ADT^A28", id,
            "EVN|A28|20261121093000\rPID|1||9990000018^^^NHS^NH||TESTPATIENT^EDITH||19660909|" + from_sex + "\r");
        messages.push_back(send("adt", body).message);
    }
    std::vector<Id> messages;
};

}  // namespace

TEST_CASE("codes: what no table maps is counted by table and code, the most frequent first") {
    Unmapped world;
    const auto body = world.page("/v1/codes").body;
    INFO(body);
    const Json json(body);
    REQUIRE(json.size("/codes") == 3);
    CHECK(json.text("/codes/0/map") == "coded");
    CHECK(json.text("/codes/0/table") == "sex");
    CHECK(json.text("/codes/0/code") == "F");
    CHECK(json.text("/codes/0/channel") == "adt");
    CHECK(json.number("/codes/0/messages") == 2);
    CHECK(json.text("/codes/0/message") == world.messages[1].text());
    CHECK(json.text("/codes/0/first") <= json.text("/codes/0/last"));
}

TEST_CASE("codes: free text in the place of a code is not shown") {
    Unmapped world;
    const auto all = world.page("/v1/codes").body + world.text("/v1/codes");
    CHECK(all.find("(text)") != std::string::npos);
    CHECK(all.find("alone") == std::string::npos);
    CHECK_FALSE(test::names_the_patient(all));
}

TEST_CASE("codes: one table's, of the last days, and as a list to read") {
    Unmapped world;
    const Json status(world.page("/v1/codes?table=status").body);
    CHECK(status.size("/codes") == 1);
    CHECK(status.text("/codes/0/code") == "W");
    CHECK(status.text("/codes/0/system") == "HL70002");
    world.clock.advance(std::chrono::hours(24 * 40));
    CHECK(Json(world.page("/v1/codes").body).size("/codes") == 0);
    CHECK(Json(world.page("/v1/codes?days=0").body).size("/codes") == 3);
    const auto text = world.text("/v1/codes?days=0");
    CHECK(text.find("COUNT") == 0);
    CHECK(text.find("causeway replay") != std::string::npos);
    CHECK(world.text("/v1/codes?days=0&table=none") == "Every code that came is in its table.\n");
}

}  // namespace causeway::api
