#include "fhir/xml.hpp"

#include <doctest/doctest.h>

#include "fhir/json.hpp"
#include "fhir/tape.hpp"
#include "support/definitions.hpp"

using namespace causeway;

namespace {

constexpr std::string_view kPatient = "<Patient xmlns=\"http://hl7.org/fhir\">";

fhir::ParseOptions with_definitions(bool is_lenient = false) {
    fhir::ParseOptions options;
    options.definitions = test::r4();
    options.lenient = is_lenient;
    return options;
}

fhir::FhirDocumentPtr parsed(std::string text, const fhir::ParseOptions& options = with_definitions()) {
    auto result = fhir::parse(Payload(std::move(text)), options);
    REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : to_string(result.error())));
    return *result;
}

fhir::FhirDocumentPtr patient(std::string_view content) {
    return parsed(std::string(kPatient).append(content).append("</Patient>"));
}

Error refused(std::string text, const fhir::ParseOptions& options = with_definitions()) {
    auto result = fhir::parse(Payload(std::move(text)), options);
    REQUIRE(result.has_error());
    CHECK(result.error().what.back() == '.');
    return result.error();
}

Error refused_patient(std::string_view content) {
    return refused(std::string(kPatient).append(content).append("</Patient>"));
}

std::string to_json(const fhir::FhirDocumentPtr& document) {
    return fhir::to_json(document->root());
}

std::string to_xml(std::string json) {
    auto text = fhir::to_xml(*parsed(std::move(json)));
    REQUIRE_MESSAGE(text.has_value(), (text ? std::string() : to_string(text.error())));
    return *text;
}

std::string wide(std::string_view text, bool is_big) {
    std::string bytes = is_big ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : text) bytes.append({is_big ? '\0' : c, is_big ? c : '\0'});
    return bytes;
}

tree::Node follow(tree::Node node, std::initializer_list<std::string_view> names) {
    for (const auto name : names) node = node.child(name);
    return node;
}

}  // namespace

TEST_CASE("fhir xml: elements, lists, numbers and booleans become what JSON has") {
    CHECK(to_json(patient("<active value='true'/><name><given value='Ann'/><given value='Bea'/></name>"
                          "<birthDate value='2001-02-03'/><multipleBirthInteger value='2'/>")) ==
          R"({"resourceType":"Patient","active":true,"name":[{"given":["Ann","Bea"]}],)"
          R"("birthDate":"2001-02-03","multipleBirthInteger":2})");
}

TEST_CASE("fhir xml: id and extensions of a primitive stand beside it in JSON") {
    CHECK(to_json(patient("<name><given value='Ann'/><given id='g'><extension url='http://a.example'>"
                          "<valueDecimal value='1.00'/></extension></given></name>"
                          "<birthDate id='b' value='2001'/>")) ==
          R"({"resourceType":"Patient","name":[{"given":["Ann",null],"_given":[null,{"id":"g","extension":)"
          R"([{"url":"http://a.example","valueDecimal":1.00}]}]}],"birthDate":"2001","_birthDate":{"id":"b"}})");
}

TEST_CASE("fhir xml: resources lie inside the element that holds them") {
    const auto document = patient("<contained><Organization><id value='o'/></Organization></contained>");
    const auto contained = document->root().child("contained");

    CHECK(contained.type() == "Organization");
    CHECK(contained.child("id").path() == "Patient.contained[0].id");
    CHECK(contained.child("resourceType").text() == "Organization");
    CHECK(to_json(document) == R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}]})");
}

TEST_CASE("fhir xml: a narrative keeps its markup") {
    const auto narrative = [](std::string_view div) {
        return std::string(patient("<text><status value='generated'/>" + std::string(div) + "</text>")
                               ->root()
                               .child("text")
                               .child("div")
                               .text());
    };
    const std::string div =
        "<div xmlns=\"http://www.w3.org/1999/xhtml\" title='a &amp; b'><!-- c --> A&#160;<b/>\n</div>";

    CHECK(narrative(div) == div);
    CHECK(narrative("<h:div xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:p>a</h:p></h:div>") ==
          "<div xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:h=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>");
    CHECK(narrative("<div xmlns=\"http://www.w3.org/1999/xhtml\">a\r\nb&#xD;</div>") ==
          "<div xmlns=\"http://www.w3.org/1999/xhtml\">a\nb\r</div>");
}

TEST_CASE("fhir xml: comments, processing instructions and white space are dropped") {
    CHECK(to_json(parsed("<?xml version='1.0' encoding='utf-8' ?>\n<!-- a --><?b c?>\n" + std::string(kPatient) +
                         "<!-- d --> <active value='true' ><?e?></active ></Patient >\n<!-- f -->\n")) ==
          R"({"resourceType":"Patient","active":true})");
}

TEST_CASE("fhir xml: references and white space in a value are resolved") {
    const auto document = patient("<language value=' a&lt;&#x41;&#66;&amp;&quot;&apos;&#x1F600;\n\tb&#10;'/>");

    CHECK(document->root().child("language").text() == " a<AB&\"'\xF0\x9F\x98\x80  b\n");
}

TEST_CASE("fhir xml: a prefix of the namespace is as good as none") {
    CHECK(
        to_json(parsed("<f:Patient xmlns:f='http://hl7.org/fhir' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
                       "xsi:schemaLocation='http://hl7.org/fhir patient.xsd'><f:active value='true'/></f:Patient>")) ==
        R"({"resourceType":"Patient","active":true})");
}

TEST_CASE("fhir xml: UTF-16 and byte-order marks are read") {
    const auto text =
        "<?xml version='1.0' encoding='UTF-16'?>\n" + std::string(kPatient) + "<active value='true'/></Patient>";
    for (const bool is_big : {false, true}) {
        const auto document = parsed(wide(text, is_big));
        CHECK(to_json(document) == R"({"resourceType":"Patient","active":true})");
        CHECK(document->root().child("active").position().line == 2);
        CHECK(document->root().child("active").position().column == kPatient.size() + 1);
    }
    CHECK(to_json(parsed("\xEF\xBB\xBF" + std::string(kPatient) + "<active value='true'/></Patient>")) ==
          R"({"resourceType":"Patient","active":true})");
}

TEST_CASE("fhir xml: the position of an element is its start tag") {
    const auto document = patient("\n  <active\n value='true'/><name><given value='A'/></name>");

    CHECK(document->root().position().line == 1);
    CHECK(document->root().child("active").position().line == 2);
    CHECK(document->root().child("active").position().column == 3);
    CHECK(follow(document->root(), {"name", "given"}).position().column == 22);
    CHECK(follow(document->root(), {"name", "given"}).path() == "Patient.name[0].given[0]");
}

TEST_CASE("fhir xml: mistakes are refused with line and column") {
    const std::string begin(kPatient);
    const auto column = [&](std::size_t behind) {
        return "line 1, column " + std::to_string(kPatient.size() + behind);
    };
    const std::pair<std::string_view, std::size_t> cases[] = {
        {"<active value='true'>", 22},                 // The document ends.
        {"<active value='true'></name>", 22},          // Wrong end tag.
        {"<active value='true' value='false'/>", 22},  // Attribute given twice.
        {"<active value='true'value2='a'/>", 21},      // No space between.
        {"<active value=true/>", 15},                  // No quotes.
        {"<active value='a<b'/>", 17},                 //
        {"<active value='a&nbsp;b'/>", 17},            // No such entity.
        {"<active value='&#0;'/>", 16},                // No such character.
        {"<active value='&#xD800;'/>", 16},            //
        {"<active value='&#12'/>", 16},                //
        {"<active value='a\x01'/>", 17},               // No such character.
        {"<active value='\xFF'/>", 16},                // Not UTF-8.
        {"<active/>", 1},                              // Empty.
        {"<active value='true'>a</active>", 22},       // Text.
        {"a<active value='true'/>", 1},                //
        {"<![CDATA[a]]><active value='true'/>", 1},    //
        {"<active values='true'/>", 17},               // No such attribute.
        {"<active xmlns='http://a.example' value='a'/>", 1},
        {"<g:active value='a'/>", 1},                             // No such prefix.
        {"<!-- a -- b --><active value='a'/>", 8},                //
        {"<!DOCTYPE a><active value='a'/>", 1},                   //
        {"<1/>", 2},                                              //
        {"<birthDate value='2001'/><active value='true'/>", 26},  // Order.
        {"<name><text value='a'/></name><active value='true'/><name><text value='b'/></name>", 53},
        {"<text><status value='empty'/><div>a</div></text>", 30},  // Not XHTML.
        {"<text><status value='empty'/><div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;</div></text>", 72},
        {"<text><status value='empty'/><div xmlns='http://www.w3.org/1999/xhtml'><p></div></text>", 75},
    };
    for (const auto& [content, behind] : cases) {
        CAPTURE(content);
        CHECK(refused_patient(content).where == column(behind));
    }
    CHECK(refused("<!DOCTYPE Patient [<!ENTITY a 'b'>]>" + begin + "</Patient>").where == "line 1, column 1");
    CHECK(refused(begin + "</Patient><a/>").where == column(11));
    CHECK(refused(" <?xml version='1.0'?>" + begin + "</Patient>").where == "line 1, column 2");
    CHECK(refused("<Patient></Patient>").where == "line 1, column 1");
    CHECK(refused("<").where == "line 1, column 2");
}

TEST_CASE("fhir xml: other encodings are refused by name of the remedy") {
    const auto declared = [](std::string_view encoding) {
        return "<?xml version='1.0' encoding='" + std::string(encoding) + "'?>" + std::string(kPatient) + "</Patient>";
    };
    CHECK(refused(declared("iso-8859-1")).what.find("UTF-8") != std::string::npos);
    CHECK(refused(declared("utf-16")).what.find("UTF-8") != std::string::npos);
    CHECK(refused(wide(declared("utf-8"), true)).what.find("UTF-8") != std::string::npos);
    CHECK(refused(wide("{\"resourceType\":\"Patient\"}", false)).what.find("UTF-8") != std::string::npos);
    CHECK(refused(std::string("\0\0\xFE\xFF\0\0\0<", 8)).what.find("UTF-8") != std::string::npos);
    CHECK(refused(std::string("\xFF\xFE<\0P", 5)).what.find("UTF-16") != std::string::npos);
    CHECK(refused("\xFF\xFE" + std::string("<\0\0\xD8>\0", 6)).what.find("UTF-16") != std::string::npos);
}

TEST_CASE("fhir xml: depth, attributes and elements are limited") {
    std::string deep(kPatient), attributes = std::string(kPatient) + "<active";
    for (int i = 0; i < 100'000; ++i) deep += "<extension url='a'>";
    for (int i = 0; i < 100'000; ++i) attributes += " a" + std::to_string(i) + "='b'";
    auto few = with_definitions();
    few.limits.max_nodes = 3;

    CHECK(refused(deep).what.find("less deeply") != std::string::npos);
    CHECK(refused(attributes + "/></Patient>").what.find("attributes") != std::string::npos);
    CHECK(refused(std::string(kPatient) + "<active value='true'/><gender value='male'/></Patient>", few).issue ==
          Issue::too_costly);
    std::string markup = std::string(kPatient) + "<text><div xmlns='http://www.w3.org/1999/xhtml'>";
    for (int i = 0; i < 100'000; ++i) markup += "<b>";
    CHECK(refused(markup).what.find("less deeply") != std::string::npos);
}

TEST_CASE("fhir xml: a document cut at any byte is refused or whole") {
    const auto text =
        "<?xml version='1.0'?>" + std::string(kPatient) +
        "<text><status value='empty'/><div xmlns='http://www.w3.org/1999/xhtml'><p title='a'>&lt;</p></div></text>"
        "<contained><Basic><id value='1'/></Basic></contained><active id='a' value='&#65;'/></Patient>";
    (void)parsed(text);
    for (std::size_t length = 0; length < text.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(fhir::parse(Payload(text.substr(0, length)), with_definitions()).has_value());
    }
}

TEST_CASE("fhir xml: a lenient reading tells everything that breaks the format, and where") {
    const auto document = parsed(std::string(kPatient) +
                                     "<birthDate value='2001'/>\n<active value='true' a='b'>c</active>\n<name/>\n"
                                     "<gender xmlns='' value='male'/><foo><bar/>a</foo></Patient>",
                                 with_definitions(true));
    std::string told;
    for (const auto& finding : document->findings())
        told += finding.id + " " + finding.expression + " " +
                std::to_string(fhir::Tape::of(*document).position_of(finding.offset).line) + "\n";

    CHECK(told ==
          "xml-order Patient.active 2\nxml-attribute Patient.active 2\nxml-text Patient.active 2\n"
          "xml-empty-element Patient.name[0] 3\nxml-namespace Patient.gender 4\n");
    CHECK(document->root().child("gender").text() == "male");
}

TEST_CASE("fhir xml: without definitions, values are text and items are numbered where there are more") {
    const auto document = parsed(std::string(kPatient) +
                                     "<active value='true'/><name><given value='A'/></name>"
                                     "<name id='n'/><deceasedBoolean value='false'/></Patient>",
                                 {});

    CHECK(document->root().type() == "Patient");
    CHECK(document->root().child("active").kind() == tree::Kind::text);
    CHECK(follow(document->root(), {"name", "given"}).path() == "Patient.name[0].given");
    CHECK(document->root().child("deceased").type() == "boolean");
    CHECK(fhir::to_xml(*document).has_error());
}

TEST_CASE("fhir xml: JSON is written in the order of the definitions, with attributes where they belong") {
    CHECK(
        to_xml(
            R"({"name":[{"given":["Ann",null],"_given":[null,{"extension":[{"valueCode":"a","url":"http://a.example"}]}],)"
            R"("family":"A\"<&>\n","id":"n"}],"active":false,"resourceType":"Patient","id":"1","_active":{"id":"x"}})") ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Patient xmlns=\"http://hl7.org/fhir\"><id value=\"1\"/>"
        "<active id=\"x\" value=\"false\"/><name id=\"n\"><family value=\"A&quot;&lt;&amp;&gt;&#xA;\"/>"
        "<given value=\"Ann\"/><given><extension url=\"http://a.example\"><valueCode value=\"a\"/></extension></given>"
        "</name></Patient>");
}

TEST_CASE("fhir xml: what XML cannot hold is refused with its place") {
    const auto refusal = [](std::string json) {
        auto text = fhir::to_xml(*parsed(std::move(json)));
        REQUIRE(text.has_error());
        return text.error().where;
    };
    CHECK(refusal("{\"resourceType\":\"Patient\",\n\"language\":\"\\u0001\"}") == "line 2, column 12");
    CHECK(refusal("{\"resourceType\":\"Patient\",\n\"text\":{\"div\":\"<div>a</div>\"}}") == "line 2, column 15");
    CHECK(refusal("{\"resourceType\":\"Patient\",\"nam\":\"a\"}") == "line 1, column 33");
    CHECK(refusal("{\"resourceType\":\"Foo\"}") == "line 1, column 1");
    CHECK(refusal("{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Foo\"}]}") == "line 1, column 40");
}

TEST_CASE("fhir: definitions tell what every element is, in both formats") {
    const auto json = parsed(R"({"resourceType":"Bundle","entry":[{"resource":{"name":[{"given":["Ann"]}],)"
                             R"("contact":[{"gender":"male"}],"resourceType":"Patient","deceasedBoolean":true}}]})");
    const auto xml = parsed(*fhir::to_xml(*json));
    for (const auto& document : {json, xml}) {
        const auto resource = follow(document->root(), {"entry", "resource"});
        const auto type = [&](std::initializer_list<std::string_view> names) { return follow(resource, names).type(); };
        CHECK(resource.type() == "Patient");
        CHECK(type({"name"}) == "HumanName");
        CHECK(type({"name", "given"}) == "string");
        CHECK(type({"contact"}) == "BackboneElement");
        CHECK(type({"contact", "gender"}) == "code");
        CHECK(type({"deceased"}) == "boolean");
        CHECK(resource.child("deceased").kind() == tree::Kind::boolean);
        CHECK(document->element(resource.child("name").child("given").handle()) != 0);
        CHECK(document->name_id("deceased") < document->definitions()->name_count());
    }
}

TEST_CASE("fhir: what definitions do not know has no type, nor has anything in it") {
    const auto document =
        parsed(R"({"resourceType":"Patient","foo":{"id":"a"},"_birthDate":{"value":"2001","id":"b"},)"
               R"("value":1,"name":[{"resourceType":"Patient","active":true}],"contained":[{"id":"c"}]})");
    const auto element = [&](std::initializer_list<std::string_view> names) {
        return document->element(follow(document->root(), names).handle());
    };

    CHECK(element({"foo"}) == 0);
    CHECK(element({"foo", "id"}) == 0);
    CHECK(element({"birthDate", "id"}) != 0);
    CHECK(element({"birthDate", "value"}) == 0);
    CHECK(element({"value"}) == 0);
    CHECK(element({"name", "resourceType"}) == 0);
    CHECK(follow(document->root(), {"name"}).type() == "HumanName");
    CHECK(follow(document->root(), {"contained"}).type().empty());
    CHECK(element({"contained"}) != 0);
    CHECK(element({"contained", "id"}) == 0);
}
