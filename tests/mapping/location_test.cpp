#include "mapping/location.hpp"

#include <doctest/doctest.h>

using namespace causeway::mapping;

namespace {

Location location(std::string_view text) {
    return std::get<Location>(parse_location(text));
}

std::size_t mistake_at(std::string_view text) {
    return std::get<LocationMistake>(parse_location(text)).column;
}

}  // namespace

TEST_CASE("a location reads back as FHIRPath") {
    CHECK(location("name[0].given[*]").fhirpath() == "name[0].given");
    CHECK(location("deceased[x]").fhirpath() == "deceased");
    CHECK(location("extension(\"http://a/b.c\").value[x]").fhirpath() == "extension.where(url = 'http://a/b.c').value");
}

TEST_CASE("a choice is named for its type") {
    CHECK(location("deceased[x]").resolved("dateTime").front().name == "deceasedDateTime");
}

TEST_CASE("only [*] takes all") {
    CHECK(location("identifier[*]").takes_all());
    CHECK_FALSE(location("identifier[2]").takes_all());
}

TEST_CASE("what is no location has its column") {
    CHECK(mistake_at("name[") == 5);
    CHECK(mistake_at("name[-1]") == 5);
    CHECK(mistake_at("name..given") == 6);
    CHECK(mistake_at("first()") == 6);
    CHECK(mistake_at("") == 1);
}
