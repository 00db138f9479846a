#pragma once
/// Adapters that only have specs, and a configuration folder to write into.

#include <string>
#include <vector>

#include "pipeline/configuration.hpp"
#include "support/temp_dir.hpp"

namespace causeway::test {

inline bool is_exposed(const config::Settings& settings) {
    return settings.text("host") != "127.0.0.1";
}

inline constexpr config::FieldSpec kListenFields[] = {
    {"host", config::FieldType::text, "Address to listen on.", "127.0.0.1"},
    {"port", config::FieldType::integer, "Port to listen on."},
};
inline constexpr config::FieldSpec kSendFields[] = {
    {"directory", config::FieldType::path, "Folder to write to."},
};
inline const AdapterSpec kListen = {
    .name = "test_listener",
    .summary = "Listens in tests.",
    .security = "Trusts anyone.",
    .fields = kListenFields,
    .examples = {},
    .make_inbound = [](const config::Settings&, InboundContext) -> Result<std::unique_ptr<InboundAdapter>> {
        return std::unique_ptr<InboundAdapter>();
    },
    .exposed = is_exposed,
};
inline const AdapterSpec kSend = {
    .name = "test_sender",
    .summary = "Sends in tests.",
    .security = "Trusts anyone.",
    .fields = kSendFields,
    .examples = {},
    .make_outbound = [](const config::Settings&, OutboundContext) -> Result<std::unique_ptr<OutboundAdapter>> {
        return std::unique_ptr<OutboundAdapter>();
    },
};
inline const std::vector<const AdapterSpec*> kAdapters = {&kListen, &kSend};

/// A folder with conf/ and mappings/ that load without a mistake until a test changes them.
class ConfFolder {
public:
    ConfFolder() {
        write("conf/causeway.yaml", "# All defaults.\n");
        write("conf/channels/in.yaml", "channel: in\ntype: test_listener\nport: 1\n");
        write("conf/destinations/out.yaml", "destination: out\ntype: test_sender\ndirectory: ../out\n");
        write("conf/routes/copy.yaml", "route: copy\nfrom: [in]\nto:\n  - destination: out\n");
    }

    void write(std::string_view name, std::string_view text) { folder_.write(name, text); }
    void remove(std::string_view name) { std::filesystem::remove_all(folder_ / name); }
    std::filesystem::path path(std::string_view name) const { return folder_ / name; }

    pipeline::ConfigurationPtr load() {
        mistakes_.clear();
        return pipeline::load_configuration(folder_ / "conf", kAdapters, mistakes_);
    }

    /// Loads, and gives all mistakes, one a line, with files relative to the folder.
    std::string said() {
        load();
        std::string out;
        for (const auto& mistake : mistakes_) out += config::to_string(mistake) + "\n";
        const auto prefix = folder_.path().string() + "/";
        for (auto at = out.find(prefix); at != std::string::npos; at = out.find(prefix)) out.erase(at, prefix.size());
        return out;
    }

private:
    TempDir folder_;
    std::vector<config::Mistake> mistakes_;
};

}  // namespace causeway::test
