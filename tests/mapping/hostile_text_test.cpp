/// Whatever text a FHIR document holds, a map to HL7 v2 makes of it text: never a segment, a field or a delimiter.
#include <doctest/doctest.h>

#include <functional>
#include <random>

#include "core/text.hpp"
#include "mapping/support.hpp"

using namespace causeway;

namespace {

const std::filesystem::path kMappings = std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "mappings";

/// Free text stands where "@" does.
constexpr std::string_view kReferral =
    R"({"resourceType": "Bundle", "type": "message", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "ServiceRequest", "id": "r1", "status": "active",
            "intent": "order", "identifier": [{"system": "https://fhir.nhs.uk/Id/UBRN", "value": "@"}],
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "183522002", "display": "@"}], "text": "@"},
            "subject": {"reference": "urn:uuid:2"}, "requester": {"reference": "urn:uuid:3"},
            "reasonCode": [{"text": "@"}], "bodySite": [{"text": "@"}], "patientInstruction": "@",
            "note": [{"text": "@"}, {"text": "@"}]}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient",
            "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"},
                           {"system": "urn:id:RX1", "value": "@"}],
            "name": [{"use": "official", "family": "@", "given": ["@"], "prefix": ["@"]}],
            "telecom": [{"system": "phone", "value": "@", "use": "home"}],
            "address": [{"line": ["@", "@"], "city": "@", "district": "@", "postalCode": "@"}],
            "contact": [{"name": {"family": "@"}, "relationship": [{"text": "@"}],
                         "telecom": [{"system": "phone", "value": "@"}]}]}},
        {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Practitioner",
            "identifier": [{"system": "https://fhir.hl7.org.uk/Id/gmc-number", "value": "@"}],
            "name": [{"family": "@", "given": ["@"]}]}},
        {"resource": {"resourceType": "Condition", "code": {"text": "@"}, "note": [{"text": "@"}]}},
        {"resource": {"resourceType": "AllergyIntolerance", "code": {"text": "@"},
                      "reaction": [{"manifestation": [{"text": "@"}]}]}},
        {"resource": {"resourceType": "Observation", "status": "final", "code": {"text": "@"}, "valueString": "@"}},
        {"resource": {"resourceType": "MedicationStatement", "status": "active",
                      "medicationCodeableConcept": {"text": "@"}, "dosage": [{"text": "@"}]}},
        {"resource": {"resourceType": "QuestionnaireResponse", "status": "completed",
                      "item": [{"linkId": "@", "text": "@", "answer": [{"valueString": "@"}]}]}},
        {"resource": {"resourceType": "DocumentReference", "status": "current", "description": "@", "type": {"text": "@"},
                      "content": [{"attachment": {"contentType": "application/pdf", "title": "@",
                                                  "data": "JVBERi0xLjQK"}}]}}]})";

constexpr std::string_view kPatient =
    R"({"resourceType": "Patient", "identifier": [{"system": "urn:id:RX1", "value": "@"}],
        "name": [{"use": "official", "family": "@", "given": ["@", "@"]}], "telecom": [{"system": "email", "value": "@"}],
        "address": [{"use": "home", "line": ["@"], "city": "@", "country": "@"}],
        "maritalStatus": {"text": "@"}, "communication": [{"language": {"text": "@"}}],
        "generalPractitioner": [{"type": "Organization", "display": "@"}, {"type": "Practitioner", "display": "@"}]})";

const std::vector<std::string> kPieces = {
    "|",     "^",    "~",    "\\", "&",    "#",    "MSH|^~\\&|", "PID|1||",  "\\F\\",        "\\X0D\\",
    "\\E\\", "\x0b", "\x1c", "\t", "\x01", "\x7f", "\xC2\xA5",   "\xC2\x85", "\xE2\x80\xA8", "\xF0\x9F\x92\x89",
    "\"",    "'",    "a",    "Z",  "9",    " ",    "\xC3\xA9"};
/// What a text may also hold, where a line of it may become a repetition.
const std::vector<std::string> kBreaks = {"\r", "\n", "\r\n", "\rPID|1", "\nZZZ|x\r", "\\.br\\", "\x1c\r\x0bMSH|"};

/// Between two letters, so that no trimming leaves it empty; numbered, so that no two are alike.
std::string random_text(std::mt19937& random, const std::vector<std::string>& pieces, int number) {
    auto text = "a" + std::to_string(number);
    for (auto left = random() % 6 + 1; left > 0; --left) text += pieces[random() % pieces.size()];
    return text + "z";
}

std::string filled(std::string_view document, const std::function<std::string(int)>& text) {
    std::string out;
    int number = 0;
    for (const char c : document)
        if (c == '@')
            out += json_escape(text(++number));
        else
            out += c;
    return out;
}

mapping::Map shipped(const std::string& name) {
    std::vector<config::Mistake> mistakes;
    return mapping::Map::load(kMappings / name, mistakes);
}

std::string mapped(const mapping::Map& map, const std::string& document) {
    mapping::Facts facts;
    facts.now = parse_fhir_instant("2026-11-21T09:30:00Z");
    facts.variables["obligation"] = {std::string("0TEST00000001")};
    const auto input = test::fhir_json(document);
    auto output = map.run(mapping::Direction::reverse, input->root(), facts);
    REQUIRE(output.has_value());
    return std::string(output->payload.reveal());
}

/// The names of the segments.
std::string segments(const std::string& message) {
    std::string names;
    for (const auto line : split(message, '\r')) names += std::string(line.substr(0, 3)) + " ";
    return names;
}

/// And all delimiters.
std::string skeleton(const std::string& message) {
    std::string kept;
    for (const auto line : split(message, '\r')) {
        kept += line.substr(0, 3);
        for (const char c : line)
            if (std::string_view("|^~&").find(c) != std::string_view::npos) kept += c;
        kept += '\r';
    }
    return kept;
}

void check(const std::string& name, std::string_view document, int rounds) {
    const auto map = shipped(name);
    const auto plain = mapped(map, filled(document, [](int number) { return "a" + std::to_string(number) + "z"; }));
    std::mt19937 random(20261122);
    auto all = kPieces;
    all.insert(all.end(), kBreaks.begin(), kBreaks.end());
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        const auto hostile =
            mapped(map, filled(document, [&](int number) { return random_text(random, kPieces, number); }));
        CHECK(skeleton(hostile) == skeleton(plain));
        const auto broken = mapped(map, filled(document, [&](int number) { return random_text(random, all, number); }));
        CHECK(segments(broken) == segments(plain));
        for (const char c : hostile + broken) REQUIRE((static_cast<unsigned char>(c) >= 0x20 || c == '\r'));
    }
}

}  // namespace

TEST_CASE("no text of a referral adds a segment or a delimiter") {
    check("uk.ref.i12.map", kReferral, 150);
}

TEST_CASE("no text of a patient adds a segment or a delimiter") {
    check("patient.adt.map", kPatient, 300);
}

TEST_CASE("hostile text arrives as it was") {
    const auto map = shipped("patient.adt.map");
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        const auto text = random_text(random, kPieces, round);
        const auto message = test::v2(mapped(
            map, filled(R"({"resourceType": "Patient", "name": [{"family": "@"}]})", [&](int) { return text; })));
        CHECK(message->root().child("PID").child("5").child("1").text() == text);
    }
}

namespace {

/// Field, component, repetition, escape, sub-component.
constexpr std::string_view kStandard = "|^~\\&";
constexpr std::string_view kOdd = "#*!%+";

/// As a careful sender writes it.
std::string escaped(const std::string& text, std::string_view delimiters) {
    constexpr std::string_view kLetters = "FSRET";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto which = delimiters.find(c);
        const auto byte = static_cast<unsigned char>(c);
        if (which != std::string_view::npos)
            out.append(1, delimiters[3]).append(1, kLetters[which]).append(1, delimiters[3]);
        else if (byte < 0x20)
            out.append(1, delimiters[3])
                .append("X")
                .append(1, kHex[byte >> 4])
                .append(1, kHex[byte & 15])
                .append(1, delimiters[3]);
        else
            out += c;
    }
    return out;
}

/// A message in these delimiters; free text stands where "@" does in the template.
std::string message(std::string_view delimiters, const std::function<std::string(int)>& text) {
    constexpr std::string_view kTemplate =
        "MSH|^~\\&|PAS|RX999|HUB||20261121093000||ADT^A28|1|P|2.4|||||||UNICODE UTF-8\r"
        "PID|||7^^^@~@^^^RX999||@^@||19580412|@|||@&@^@||||||||@\rZPD|@^@~@\rNK1|1|@^@\rNK1|2|@\r";
    std::string out;
    int number = 0;
    for (const char c : kTemplate) {
        const auto which = kStandard.find(c);
        if (c == '@')
            out += text(++number);
        else
            out += which == std::string_view::npos ? c : delimiters[which];
    }
    return out;
}

const std::string kHub =
    "map hub v2 2.4 ADT^A28 -> v2 2.5.1 ADT^A28 version 1\ncopy MSH, ZPD, NK1\nomit NK1-1\nsegment PID\n"
    "  PID-3[*]  -> PID-3[*]\n  PID-5  -> PID-5\n  PID-5.2  -> PID-9.1\n  PID-8  -> PID-11.3\n"
    "  (PID-5[1].1 & '|' & PID-5[1].2)  -> PID-18.1\n  PID-11  -> PID-11\n  PID-19  -> PID-19\n"
    "for NK1[*] {\nsegment NK1\n  PID-5.1  -> NK1-4.1\n}\n";

std::string through(const mapping::Map& map, const std::string& text) {
    const auto input = test::v2(text);
    const auto output = map.run(mapping::Direction::forward, input->root(), {});
    REQUIRE(output.has_value());
    return std::string(output->payload.reveal());
}

}  // namespace

TEST_CASE("no text of a message adds a segment or a delimiter to the message that is made of it") {
    const test::MapFile file(kHub);
    const auto map = file.load();
    REQUIRE(file.mistakes() == std::vector<std::string>());
    std::mt19937 random(11);
    auto all = kPieces;
    all.insert(all.end(), kBreaks.begin(), kBreaks.end());
    for (const auto delimiters : {kStandard, kOdd}) {
        const auto plain =
            through(map, message(delimiters, [](int number) { return "a" + std::to_string(number) + "z"; }));
        for (int round = 0; round < 300; ++round) {
            CAPTURE(round);
            const auto hostile = through(map, message(delimiters, [&](int number) {
                                             return escaped(random_text(random, all, number), delimiters);
                                         }));
            CHECK(skeleton(hostile) == skeleton(plain));
            for (const char c : hostile) REQUIRE((static_cast<unsigned char>(c) >= 0x20 || c == '\r'));
        }
    }
}

TEST_CASE("text that a careless sender did not escape adds no segment either") {
    const test::MapFile file(kHub);
    const auto map = file.load();
    std::mt19937 random(13);
    const auto plain = through(map, message(kStandard, [](int) { return "a"; }));
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        const auto careless = through(map, message(kStandard, [&](int number) {
                                          auto text = random_text(random, kPieces, number);
                                          for (auto& c : text)
                                              if (static_cast<unsigned char>(c) < 0x20) c = '?';
                                          return text;
                                      }));
        CHECK(segments(careless) == segments(plain));
        CHECK(hl7v2::parse(Payload(careless)).has_value());
    }
}
