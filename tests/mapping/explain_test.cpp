/// Where each element of an output comes from: by its exact place.
#include "mapping/explain.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/text.hpp"
#include "fhir/bundle.hpp"
#include "mapping/json_draft.hpp"
#include "mapping/support.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::filesystem::path kMappings = std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "mappings";

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// "PID-3[2] test.map:7 Patient.identifier[1] (1:2) value" for each element; without positions where there are none.
std::string explained(const mapping::Output& output, const tree::Node& input) {
    std::string all;
    for (const auto& each : mapping::explain(output, input)) {
        all += each.output + " " + each.row + " " + each.source;
        if (each.at.line != 0) all += " (" + std::to_string(each.at.line) + ":" + std::to_string(each.at.column) + ")";
        all += (each.value.empty() ? "" : " " + each.value) + "\n";
    }
    return all;
}

mapping::Facts facts_for(const tree::Node& input) {
    mapping::Facts facts;
    facts.now = parse_fhir_instant("2026-11-21T09:30:00Z");
    facts.variables["obligation"] = {std::string("0TEST00000001")};
    facts.resolve = [bundle = fhir::Bundle(input)](std::string_view reference, const tree::Node& from) {
        return bundle.resolve(reference, from);
    };
    return facts;
}

std::string explain(const std::string& map, Direction direction, const tree::DocumentPtr& input) {
    const test::MapFile file(map);
    const auto loaded = file.load();
    CHECK(file.mistakes() == std::vector<std::string>());
    const auto output = loaded.run(direction, input->root(), facts_for(input->root()), true);
    REQUIRE(output.has_value());
    return explained(*output, input->root());
}

bool is_at_or_within(const std::string& path, const std::string& outer) {
    return path.starts_with(outer) &&
           (path.size() == outer.size() || path[outer.size()] == '.' || path[outer.size()] == '[');
}

void leaves_of(const tree::Node& node, std::vector<std::string>& out) {
    std::vector<tree::Node> below;
    node.children(below);
    if (below.empty()) out.push_back(node.path());
    for (const auto& child : below) leaves_of(child, out);
}

/// Paths of the values of an output. MSH-1 and MSH-2 are the writer's.
std::vector<std::string> values_of(const mapping::Output& output) {
    std::vector<std::string> all;
    const auto bytes = std::string(output.payload.reveal());
    if (!bytes.starts_with('{')) {
        leaves_of(test::v2(bytes)->root(), all);
        std::erase_if(all,
                      [](const std::string& path) { return path.starts_with("MSH-1[") || path.starts_with("MSH-2["); });
        return all;
    }
    const auto json = mapping::JsonDraft::parse(bytes);
    json->each_shown(json->find("resourceType")->text, [&](const auto& value, const std::string& path, std::size_t) {
        if (value.members.empty()) all.push_back(path);
        return false;
    });
    return all;
}

/// The inputs of a map's tests.
std::vector<std::string> samples_of(const std::filesystem::path& map) {
    std::vector<std::string> samples;
    bool in_message = false;
    for (const auto line : split(text_of(map), '\n')) {
        const auto text = trim(line);
        if (in_message && text.size() > 4 && text[3] == '|') {
            samples.back() += std::string(text) + "\r";
            continue;
        }
        in_message = text == "given v2";
        const auto quote = text.find('"');
        if (in_message)
            samples.emplace_back();
        else if (text.starts_with("given v2 \"") || text.starts_with("given fhir \""))
            samples.push_back(text_of(map.parent_path() / text.substr(quote + 1, text.size() - quote - 2)));
    }
    return samples;
}

tree::DocumentPtr document_of(const std::string& sample) {
    return sample.find("MSH|") == std::string::npos ? test::fhir_json(sample) : test::v2(sample);
}

std::size_t check_all_explained(const mapping::Map& map, Direction direction, const tree::DocumentPtr& input,
                                std::string& back) {
    const auto output = map.run(direction, input->root(), facts_for(input->root()), true);
    if (!output) return 0;
    back = output->payload.reveal();
    const auto all = mapping::explain(*output, input->root());
    for (const auto& path : values_of(*output)) {
        CAPTURE(path);
        CHECK(std::any_of(all.begin(), all.end(), [&](const auto& each) {
            return (is_at_or_within(path, each.output) || is_at_or_within(each.output, path)) && !each.row.empty() &&
                   !each.source.empty();
        }));
    }
    return 1;
}

}  // namespace

TEST_CASE("each element of a bundle has its rule, source, position and value") {
    const auto all = explain(
        "map t v2 2.4 ADT^A28 -> Bundle.collection version 1\n"
        "resource Patient as patient id from PID-3[1]\n"
        "PID-3[*] -> identifier[*] : CX\n"
        "PID-10 -> extension(\"urn:x\").valueString\n"
        "-> gender = \"male\" when PID-8 = 'F'\nPID-8 -> gender\n"
        "in contact[*] {\n-> gender = \"other\"\nNK1-2 -> name : XPN\n}\n"
        "resource Observation as never id from OBX-1\nOBX-5 -> valueString\n",
        Direction::forward, test::v2("MSH|^~\\&|A|B|C|D|2026||ADT^A28|1|P|2.4\rPID|||7^^^X~8^^^Y|||||F||Z\r"));
    CHECK(all ==
          "Bundle.resourceType test.map:1 constant\n"
          "Bundle.type test.map:1 constant\n"
          "Bundle.entry[0].fullUrl test.map:2 PID-3[1] (2:7) 7^^^X\n"
          "Bundle.entry[0].resource.resourceType test.map:2 constant\n"
          "Bundle.entry[0].resource.id test.map:2 PID-3[1] (2:7) 7^^^X\n"
          "Bundle.entry[0].resource.identifier[0] test.map:3 PID-3[1] (2:7) 7^^^X\n"
          "Bundle.entry[0].resource.identifier[1] test.map:3 PID-3[2] (2:13) 8^^^Y\n"
          "Bundle.entry[0].resource.extension[0].url test.map:4 constant\n"
          "Bundle.entry[0].resource.extension[0].valueString test.map:4 PID-10[1] (2:26) Z\n"
          "Bundle.entry[0].resource.gender test.map:6 PID-8[1] (2:23) F\n");
}

TEST_CASE("each field of a message has its rule, source and value, in the segment that it stands in") {
    const auto all = explain(
        "map t v2 2.4 ADT^A28 <- Patient version 1\n"
        "segment MSH required\nMSH-9.1 <- = \"ADT\"\nMSH-9.1 <- = \"ORU\"\nMSH-10 <- %obligation\n"
        "segment PID\nPID-3[*] <- identifier : CX\nPID-29 <- deceased.ofType(dateTime) : DTM.dateTime else drop\n"
        "segment ZPD\nZPD-1 <- = \"alone\"\n"
        "for contact {\nsegment NK1\nNK1-1 <- %set\nNK1-2 <- name : XPN\n}\n",
        Direction::reverse,
        test::fhir_json(
            R"({"resourceType":"Patient","identifier":[{"value":"7"},{"value":"8"}],)"
            R"("deceasedDateTime":"2026-07","contact":[{"name":{"family":"A"}},{"name":{"family":"B"}}]})"));
    CHECK(all ==
          "MSH-9[1].1 test.map:4 constant\n"
          "MSH-10[1] test.map:5 %obligation\n"
          "PID-3[1] test.map:7 Patient.identifier[0] (1:41) {\"value\":\"7\"}\n"
          "PID-3[2] test.map:7 Patient.identifier[1] (1:55) {\"value\":\"8\"}\n"
          "PID-29[1] test.map:8 Patient.deceased.ofType(dateTime) (1:89) 2026-07\n"
          "NK1[1]-1[1] test.map:13 %set\n"
          "NK1[1]-2[1] test.map:14 Patient.contact[0].name (1:118) {\"family\":\"A\"}\n"
          "NK1[2]-1[1] test.map:13 %set\n"
          "NK1[2]-2[1] test.map:14 Patient.contact[1].name (1:142) {\"family\":\"B\"}\n");
}

TEST_CASE("between two messages what is copied is explained, too") {
    const auto all = explain(
        "map t v2 2.4 ADT^A28 -> v2 2.5.1 ADT^A28 version 1\ncopy all\nomit ZPD\nsegment MSH\n-> MSH-12 = \"2.5.1\"\n"
        "segment PID\nPID-2 -> PID-3[*]\nPID-3[*] -> PID-3[*]\n",
        Direction::forward, test::v2("MSH|^~\\&|A|B|C|D|2026||ADT^A28|1|P|2.4\rZPD|1\rPID||8|7\r"));
    CHECK(all.find("MSH test.map:2 MSH (1:1)") == 0);
    CHECK(all.find("MSH-12[1] test.map:5 constant\n") != std::string::npos);
    CHECK(all.find("PID test.map:2 PID (3:1)") != std::string::npos);
    CHECK(all.find("PID-3[1] test.map:7 PID-2[1] (3:6) 8\nPID-3[2] test.map:8 PID-3[1] (3:8) 7\n") !=
          std::string::npos);
    CHECK(all.find("ZPD") == std::string::npos);
}

TEST_CASE("between two documents what is copied is explained, too") {
    const auto all = explain(
        "map t fhir 3.0.2 Bundle.document -> fhir 4.0.1 Bundle.document version 1\ncopy all\n"
        "for entry.resource.ofType(Composition) {\nomit class\nclass -> category[0]\n}\n",
        Direction::forward,
        test::fhir_json(
            R"({"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition",)"
            R"("class":{"text":"Letter"}}}]})"));
    CHECK(all.find("Bundle.entry[0] test.map:2 Bundle.entry[0] (1:") != std::string::npos);
    CHECK(all.find("Bundle.entry[0].resource.category[0] test.map:5 Bundle.entry[0].resource.class (1:") !=
          std::string::npos);
}

TEST_CASE("every value that a shipped map writes is explained, both ways") {
    std::size_t runs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kMappings)) {
        if (entry.path().extension() != ".map") continue;
        CAPTURE(entry.path().filename().string());
        std::vector<config::Mistake> mistakes;
        const auto map = mapping::Map::load(entry.path(), mistakes);
        for (const auto& sample : samples_of(entry.path())) {
            const auto input = document_of(sample);
            const bool forward = sample.find("MSH|") != std::string::npos || !map.can(Direction::reverse);
            std::string there, back;
            runs += check_all_explained(map, forward ? Direction::forward : Direction::reverse, input, there);
            const auto way_back = forward ? Direction::reverse : Direction::forward;
            if (!there.empty() && map.can(way_back))
                runs += check_all_explained(map, way_back, document_of(there), back);
        }
    }
    CHECK(runs > 60);
}
