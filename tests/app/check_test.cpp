/// What `causeway check` says of addresses, certificates and keys, which only adapters can judge.
#include <doctest/doctest.h>

#include "adapter.hpp"
#include "pipeline/configuration.hpp"
#include "support/temp_dir.hpp"
#include "support/tokens.hpp"

using namespace causeway;

namespace {

constexpr auto kFhir = "channel: fhir\ntype: fhir_listener\n";

/// A folder with one channel on port 2575.
class Folder {
public:
    Folder() {
        dir_.write("conf/causeway.yaml", "ops: \"off\"\n");
        dir_.write("conf/channels/in.yaml", "channel: in\ntype: mllp_listener\nport: 2575\n");
        dir_.write("conf/routes/all.yaml", "route: all\nfrom: [in]\nto: [{destination: out}]\n");
        dir_.write("conf/destinations/out.yaml", "destination: out\ntype: directory_writer\ndirectory: ../out\n");
        dir_.write("mappings/README", "none");
    }
    void write(const std::string& name, const std::string& text) { dir_.write("conf/" + name, text); }

    /// The mistakes, without those about routes.
    std::string said() const {
        std::vector<config::Mistake> mistakes;
        pipeline::load_configuration(dir_ / "conf", all_adapters(), mistakes);
        std::string all;
        for (const auto& mistake : mistakes) {
            if (mistake.what.find("No route takes") != std::string::npos) continue;
            const auto line = config::to_string(mistake);
            all += line.substr(line.find("conf/") + 5) + "\n";
        }
        return all;
    }

private:
    test::TempDir dir_;
};

}  // namespace

TEST_CASE("check: a port that does not exist is a mistake") {
    Folder folder;
    CHECK(folder.said() == "");
    folder.write("channels/in.yaml", "channel: in\ntype: mllp_listener\nport: 70000\n");
    CHECK(folder.said() == "channels/in.yaml:3:7: error: Give a port from 0 to 65535.\n");
}

TEST_CASE("check: two listeners on one port are a mistake, on two addresses or on port 0 they are not") {
    Folder folder;
    const auto other = [&](const std::string& address) {
        folder.write("channels/other.yaml", "channel: other\ntype: mllp_listener\ninsecure: test\n" + address);
        return folder.said();
    };
    const std::string twice =
        "channels/other.yaml:5:7: error: Port 2575 also belongs to the channel \"in\". Give one of them another "
        "port.\n";
    CHECK(other("host: 127.0.0.1\nport: 2575\n") == twice);
    CHECK(other("host: localhost\nport: 2575\n") == twice);
    CHECK(other("host: 0.0.0.0\nport: 2575\n") == twice);
    CHECK(other("host: 127.0.0.2\nport: 2575\n") == "");
    CHECK(other("host: 127.0.0.1\nport: 2576\n") == "");
    folder.write("channels/in.yaml", "channel: in\ntype: mllp_listener\nport: 0\n");
    CHECK(other("host: 127.0.0.1\nport: 0\n") == "");

    folder.write("causeway.yaml", "ops: 127.0.0.1:2577\n");
    CHECK(other("host: 127.0.0.1\nport: 2577\n").find("also belongs to health and metrics") != std::string::npos);
}

TEST_CASE("check: a missing keys file is a mistake where it is named") {
    Folder folder;
    folder.write("channels/fhir.yaml",
                 std::string(kFhir) + "port: 8080\ntoken:\n  keys: keys.json\n  issuer: i\n  audience: a\n");
    CHECK(folder.said() ==
          "channels/fhir.yaml:5:9: error: This keys file cannot be read; make it or correct its path.\n");
}

TEST_CASE("check: a certificate that cannot be used is a mistake where it is named, also of a destination") {
    Folder folder;
    folder.write("channels/in.yaml",
                 "channel: in\ntype: mllp_listener\nport: 2575\ntls:\n  certificate: c.pem\n  key: k.pem\n");
    CHECK(folder.said().starts_with("channels/in.yaml:5:16: error: "));
    folder.write("channels/in.yaml", "channel: in\ntype: mllp_listener\nport: 2575\n");
    folder.write("destinations/out.yaml",
                 "destination: out\ntype: mllp_sender\nhost: h\nport: 2575\ntls:\n  ca: missing.pem\n");
    CHECK(folder.said().starts_with("destinations/out.yaml:6:7: error: "));
}

TEST_CASE("check: organisations that are reached over plain HTTP deserve one warning, but not on the same machine") {
    Folder folder;
    folder.write("directory/practices.yaml",
                 "organisations:\n"
                 "  - {ods_code: Y90001, name: A, type: gp-practice, endpoint: \"http://127.0.0.1:9080/fhir\"}\n"
                 "  - {ods_code: Y90002, name: B, type: gp-practice, endpoint: \"https://b.example.nhs.uk/fhir\"}\n"
                 "  - {ods_code: Y90003, name: C, type: gp-practice, endpoint: \"http://c.example.nhs.uk/fhir\"}\n"
                 "  - {ods_code: Y90004, name: D, type: gp-practice, endpoint: \"http://d.example.nhs.uk/fhir\"}\n");
    const auto said = folder.said();
    CHECK(said.find("directory/practices.yaml:4:") != std::string::npos);
    CHECK(said.find("unencrypted to this address, and to 1 more of this file") != std::string::npos);
    CHECK(said.find("practices.yaml:5:") == std::string::npos);
}

TEST_CASE("check: bearer tokens over plain HTTP deserve a warning, but not behind a proxy on the same machine") {
    Folder folder;
    folder.write("keys.json", test::TokenIssuer("ES384").jwks());
    const auto channel = [&](const std::string& host) {
        folder.write("channels/fhir.yaml", std::string(kFhir) + "host: " + host +
                                               "\nport: 8080\ntoken: {keys: keys.json, issuer: i, audience: a}\n");
        return folder.said();
    };
    CHECK(channel("0.0.0.0").find("warning: Bearer tokens and patient data cross the network unencrypted") !=
          std::string::npos);
    CHECK(channel("127.0.0.1").find("warning") == std::string::npos);
}
