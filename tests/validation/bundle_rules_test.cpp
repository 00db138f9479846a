/// Bundles by type: documents, messages, results of searches, batches.
#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;
using test::says;
using test::validate;

namespace {

constexpr const char* kBase = "https://t.example/fhir/";

std::string bundle(const std::string& type, const std::string& entries, const std::string& more = "") {
    return R"({"resourceType":"Bundle","type":")" + type + "\"," + more + R"("entry":[)" + entries + "]}";
}

std::string entry(const std::string& type, const std::string& id, const std::string& inside = "",
                  const std::string& more = "") {
    return R"({"fullUrl":")" + (kBase + type) + "/" + id + R"(","resource":{"resourceType":")" + type + R"(","id":")" +
           id + "\"" + (inside.empty() ? "" : "," + inside) + "}" + more + "}";
}

std::string document(const std::string& composition, const std::string& others) {
    const std::string head =
        R"("identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
        "timestamp":"2026-11-22T08:00:00Z",)";
    const auto first = entry("Composition", "c",
                             R"("status":"final","type":{"text":"x"},"date":"2026-11-22","title":"x",
        "author":[{"reference":"Practitioner/d"}])" +
                                 composition);
    return bundle("document", first + "," + entry("Practitioner", "d") + others, head);
}

std::string link(const std::string& type, const std::string& name = "subject") {
    return ",\"" + name + R"(":{"reference":")" + type + "\"}";
}

}  // namespace

TEST_CASE("bundles: a document holds what its Composition refers to") {
    CHECK_FALSE(validate(document(link("Patient/p"), "," + entry("Patient", "p"))).has_errors());
    CHECK(says(validate(document(link("Patient/p"), "")), "document-reference", "Bundle.entry[0].resource.subject"));
    CHECK(says(validate(document(R"(,"section":[{"title":"a","section":[{"title":"b","text":{"status":"additional",
        "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">b</div>"},"entry":[{"reference":"Condition/1"}]}]}])",
                                 "")),
               "document-reference", "Bundle.entry[0].resource.section[0].section[0].entry[0]"));
}

TEST_CASE("bundles: what stands in a document is reached from its Composition") {
    CHECK(says(validate(document("", "," + entry("Patient", "p"))), "bundle-unreachable", "Bundle.entry[2]"));
    const std::string provenance = entry("Provenance", "v", R"("target":[{"reference":"Practitioner/d"}],
        "recorded":"2026-11-22T08:00:00Z","agent":[{"who":{"reference":"Practitioner/d"}}])");
    CHECK_FALSE(validate(document("", "," + provenance)).has_errors());
    const std::string file = entry("Binary", "b", R"("contentType":"application/pdf","data":"AAAA")");
    const std::string wrapped = entry("DocumentReference", "r", R"("status":"current","content":[{"attachment":{"url":
        "https://t.example/fhir/Binary/b"}}])");
    CHECK_FALSE(
        validate(document(R"(,"event":[{"detail":[{"reference":"DocumentReference/r"}]}])", "," + wrapped + "," + file))
            .has_errors());
}

TEST_CASE("bundles: the first entry of a document is a Composition, of a message a MessageHeader") {
    CHECK(says(validate(bundle("document", entry("Patient", "p"))), "bundle-document-first", "Bundle.entry[0]"));
    CHECK(says(validate(bundle("message", entry("Patient", "p"))), "bundle-message-first", "Bundle.entry[0]"));
    CHECK(says(validate(R"({"resourceType":"Bundle","type":"message"})"), "bundle-message-first", "Bundle"));
}

TEST_CASE("bundles: a message holds its focus") {
    const auto message = [](const std::string& others) {
        return bundle("message",
                      entry("MessageHeader", "h", R"("eventUri":"urn:event:x","source":{"endpoint":"urn:a:b"},
            "focus":[{"reference":"Patient/p"}])") +
                          others);
    };
    CHECK_FALSE(validate(message("," + entry("Patient", "p"))).has_errors());
    CHECK(says(validate(message("")), "message-focus", "Bundle.entry[0].resource.focus[0]"));
}

TEST_CASE("bundles: results of a search are identified, and matches are of the type searched for") {
    const std::string self = R"("link":[{"relation":"self","url":"https://t.example/fhir/Patient?name=a"}],)";
    const auto found = [](const std::string& mode) { return R"(,"search":{"mode":")" + mode + "\"}"; };
    CHECK_FALSE(validate(bundle("searchset",
                                entry("Patient", "p", "", found("match")) + "," +
                                    entry("Organization", "o", R"("name":"x")", found("include")),
                                self))
                    .has_errors());
    CHECK(says(validate(bundle("searchset", entry("Organization", "o", R"("name":"x")", found("match")), self)),
               "bundle-search-mode", "Bundle.entry[0]"));
    CHECK(says(validate(bundle("searchset", entry("Patient", "p", "", found("outcome")), self)), "bundle-search-mode",
               "Bundle.entry[0]"));
    CHECK(says(validate(bundle("searchset", R"({"fullUrl":"https://t.example/fhir/Patient/p"})", self)),
               "bundle-search-resource", "Bundle.entry[0]"));
    CHECK(says(validate(bundle("searchset", R"({"fullUrl":"https://t.example/fhir/Patient/p","resource":{"resourceType":
        "Patient"}})",
                               self)),
               "bundle-search-id", "Bundle.entry[0].resource"));
    CHECK_FALSE(
        says(validate(bundle("searchset", R"({"resource":{"resourceType":"OperationOutcome","issue":[{"severity":
        "warning","code":"informational"}]},"search":{"mode":"outcome"}})",
                             self)),
             "bundle-full-url"));
}

TEST_CASE("bundles: fullUrl is absolute, agrees with the id, and stands once") {
    CHECK(says(validate(bundle("collection", R"({"resource":{"resourceType":"Patient"}})")), "bundle-full-url",
               "Bundle.entry[0]"));
    CHECK_FALSE(validate(bundle("batch", R"({"resource":{"resourceType":"Patient"},"request":{"method":"POST",
        "url":"Patient"}})"))
                    .has_errors());
    CHECK(says(validate(bundle("collection", R"({"fullUrl":"Patient/1","resource":{"resourceType":"Patient"}})")),
               "bundle-full-url-absolute", "Bundle.entry[0]"));
    CHECK(
        says(validate(bundle("collection", R"({"fullUrl":"https://t.example/fhir/Patient/1","resource":{"resourceType":
        "Patient","id":"2"}})")),
             "bundle-full-url-id", "Bundle.entry[0]"));
    CHECK(says(validate(bundle("collection", entry("Patient", "1") + "," + entry("Patient", "1"))), "bdl-7", "Bundle"));
    CHECK(says(validate(bundle("transaction", entry("Patient", "1"))), "bdl-3", "Bundle"));
}
