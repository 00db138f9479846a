#include "validation/code_forms.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace causeway::validation;

namespace {

void expect(CodeForm form, std::initializer_list<std::string_view> right,
            std::initializer_list<std::string_view> wrong) {
    for (const auto code : right) {
        CAPTURE(code);
        CHECK(form(code));
    }
    for (const auto code : wrong) {
        CAPTURE(code);
        CHECK_FALSE(form(code));
    }
}

}  // namespace

TEST_CASE("code forms: MIME types have a type, a subtype and parameters") {
    expect(is_mime_type,
           {"text/plain", "application/fhir+json", "text/plain; charset=utf-8", "text/plain;charset=\"utf-8\"",
            "multipart/mixed; boundary=\"a \\\" b\"; x=y", "application/vnd.ms-excel.sheet.12", "json", "xml", "ttl"},
           {"", "text", "pdf", "/plain", "text/", "text/*", "*/*", "text/pl ain", "text/plain;", "text/plain; charset",
            "text/plain; charset=", "text/plain; charset=\"a", " text/plain", "text/plain ", "text//plain", "text/+xml",
            "image/png/x"});
}

TEST_CASE("code forms: language tags are of registered languages, scripts and regions, in any case") {
    expect(is_language_tag,
           {"en",
            "cy",
            "en-GB",
            "EN-gb",
            "zh-Hant-TW",
            "sr-Latn-RS",
            "es-419",
            "de-CH-1996",
            "sl-rozaj-biske-1994",
            "zh-cmn-Hans-CN",
            "en-a-bbb-x-a-ccc",
            "x-private",
            "i-klingon",
            "en-GB-oed",
            "qaa",
            "qtz",
            "und",
            "yue",
            "de-Qaaa",
            "en-XA",
            "hy-Latn-IT-arevela",
            "de-DE-u-co-phonebk"},
           {"",       "e",       "-",       "en-",      "-en",
            "en--GB", "en_GB",   "english", "en-UK",    "xx",
            "zzz",    "en-Xxxx", "en-999",  "en-GB-GB", "en-x",
            "en-u",   "a-DE",    "x",       "i-elven",  "en-GB-toolongsubtag",
            "zh-zzz", "en GB",   "en-GB-a"});
    CHECK_FALSE(is_language_tag("x-" + std::string(200, 'a')));
}

TEST_CASE("code forms: currencies, countries and time zones are those of the registers") {
    expect(is_currency, {"GBP", "EUR", "USD", "XXX", "XCG"}, {"", "gbp", "GB", "GBPP", "ZZZ", "BPE"});
    expect(is_country, {"GB", "GBR", "826", "IE", "004"}, {"", "UK", "gb", "ZZ", "999", "G", "GBRX"});
    expect(is_country_part, {"GB-WLS", "GB-ENG", "US-CA", "FR-75"}, {"GB", "GB-", "UK-WLS", "GB-WALES", "GB_WLS"});
    expect(is_time_zone, {"Europe/London", "UTC", "GMT", "America/Argentina/Salta", "Asia/Calcutta"},
           {"", "London", "Europe", "Europe/london", "Europe/London Europe/Paris", "/"});
}

TEST_CASE("code forms: a SNOMED CT identifier has the partition of a concept and a right check digit") {
    expect(
        is_snomed_form,
        {"73211009", "22298006", "999000041000000102", "195967001", "73211009 |Diabetes mellitus|:363698007=113331007"},
        {"", "73211008", "12345", "073211009", "diabetes", "1234567890123456789", "22298006-1"});
}

TEST_CASE("code forms: a LOINC number ends in its check digit") {
    expect(is_loinc_form, {"8867-4", "85353-1", "9279-1", "LP14635-4", "LA6576-8", "LL379-9"},
           {"", "8867-5", "8867", "-4", "8867-", "12345678-1", "LP", "a-1"});
}

TEST_CASE("code forms: only systems of that kind have one") {
    CHECK(whole_form("urn:ietf:bcp:47")("cy"));
    CHECK(whole_form("http://unitsofmeasure.org")("mg/dL"));
    CHECK_FALSE(whole_form("http://unitsofmeasure.org")("mg per dL"));
    CHECK((whole_form("http://snomed.info/sct") == nullptr));
    CHECK(code_shape("http://snomed.info/sct").fits("73211009"));
    CHECK((code_shape("http://example.org/codes").fits == nullptr));
}
