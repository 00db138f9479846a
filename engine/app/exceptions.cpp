/// Failures by cause: shown, previewed, and repaired a group at a time.
#include <fcntl.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>

#include "api/json_object.hpp"
#include "api/servers.hpp"
#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/group_repair.hpp"
#include "core/digest.hpp"
#include "net/descriptor.hpp"
#include "pipeline/drain_rate.hpp"

namespace causeway::app {
namespace {

/// A new file is for its user alone: it holds patient data.
bool write_private(const std::string& file, const std::string& bytes) {
    const net::Descriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (!made) return false;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    return out.good();
}

std::optional<std::string> read_all(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<Reply> send_version(const Client& client, const Arguments& arguments, const std::string& id,
                           const std::string& bytes, bool preview) {
    constexpr auto longest = (api::kLongestRequest - (1u << 20)) / 4 * 3;  // base64, and what is said beside it
    if (bytes.size() > longest)
        return fail(Issue::too_long, id,
                    "A new version has at most " + std::to_string(longest >> 20) +
                        " MB; ask the sender to send it again, corrected.");
    api::JsonText body;
    body.object([&] {
        body.add("id", id).add("body", base64_encode(bytes)).add_if("reason", arguments.get("--reason"));
        if (preview) body.add("preview", "yes");
    });
    return client.post("/v1/amend", body.text());
}

/// The new versions in a folder: each file has its message's id as name, whatever its suffix.
std::map<std::string, std::filesystem::path> versions_in(const std::filesystem::path& folder) {
    std::map<std::string, std::filesystem::path> found;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
        found.emplace(entry.path().stem().string(), entry.path());
    return found;
}

/// New versions of a group's messages, from a folder.
int amend_group(const Arguments& arguments, const std::string& group) {
    const std::filesystem::path folder = arguments.get("--dir");
    if (folder.empty()) return wrong_call("give --dir FOLDER with the new versions, each named by its message's id.");
    const Client client(arguments);
    const auto found = members_of(client, group, arguments.has("--yes") ? count_of(arguments) : 3);
    if (!found) return print_no_members(found.error());
    const auto versions = versions_in(folder);
    int worst = kDone, left = 0;
    for (const auto& message : found->messages) {
        const auto version = versions.find(message);
        const auto bytes = version == versions.end() ? std::nullopt : read_all(version->second);
        if (bytes)
            worst = std::max(worst, print(send_version(client, arguments, message, *bytes, !arguments.has("--yes"))));
        else
            ++left;
    }
    if (left > 0) std::cerr << left << " messages have no new version in " << folder.string() << ".\n";
    return worst;
}

int fix(const Arguments& arguments) {
    const auto& words = arguments.words;
    if (words.size() != 3) return wrong_call("write `causeway exceptions fix GROUP ACT`, such as replay or release.");
    if (arguments.has("--yes") && !arguments.has("--reason"))
        return wrong_call("say why, with --reason TEXT: it is kept with the act.");
    if (count_of(arguments) == 0) return wrong_call("give --count 1 or more.");
    if (words[2] == "amend") return amend_group(arguments, words[1]);
    if (words[2] == "redirect" && !arguments.has("--to")) return wrong_call("say where to, with --to DESTINATION.");
    const auto rate = pipeline::parse_rate(arguments.get("--rate", "100/s"));
    if (!rate) return wrong_call(rate.error().what);
    return arguments.has("--yes") ? repair_group(arguments, words[1], words[2], *rate)
                                  : preview_repair(arguments, words[1], words[2]);
}

int exceptions(const Arguments& arguments) {
    const auto& words = arguments.words;
    const Client client(arguments);
    if (words.empty()) return print(client.get("/v1/exceptions"));
    if (words[0] == "show" && words.size() == 2)
        return print(client.get("/v1/exceptions/" + words[1] + "?limit=" + arguments.get("--limit", "20")));
    if (words[0] == "fix") return fix(arguments);
    return wrong_call("write `causeway exceptions`, `... show GROUP` or `... fix GROUP ACT`.");
}

int amend(const Arguments& arguments) {
    const auto bytes = read_all(arguments.get("--file"));
    if (!arguments.has("--file") || !bytes) return wrong_call("name a file that can be read with --file FILE.");
    const bool preview = arguments.has("--preview");
    if (!preview && !arguments.has("--reason"))
        return wrong_call("say why, with --reason TEXT: it is kept with the act.");
    const Client client(arguments);
    return print(send_version(client, arguments, arguments.words.front(), *bytes, preview));
}

/// The bytes of a message, to be looked at or amended; or what receivers answered.
int body(const Arguments& arguments) {
    if (!arguments.has("--reason")) return wrong_call("say why, with --reason TEXT: who read it is kept.");
    const Client client(arguments);
    api::JsonText request;
    request.object([&] {
        request.add("id", arguments.words.front()).add("reason", arguments.get("--reason"));
        if (arguments.has("--answers")) request.add("answers", "yes");
    });
    if (!arguments.has("--to")) return print(client.post("/v1/body", request.text()));
    const auto reply = client.post_json("/v1/body", request.text());
    if (!reply || reply->status >= 300) return print(reply);
    const auto bytes = base64_decode(JsonObject(reply->body).text("body"));
    if (!bytes || !write_private(arguments.get("--to"), *bytes))
        return wrong_call("this file cannot be written; name another with --to FILE.");
    return kDone;
}

int drain(const Arguments& arguments) {
    const Client client(arguments);
    if (!arguments.has("--rate") && !arguments.has("--off")) return print(client.get("/v1/drain"));
    if (arguments.has("--rate") && arguments.has("--off")) return wrong_call("give --rate or --off, not both.");
    if (!arguments.has("--reason")) return wrong_call("say why, with --reason TEXT: it is kept with the act.");
    api::JsonText request;
    request.object([&] {
        request.add("destination",
                    arguments.words.empty() ? std::string(pipeline::DrainRates::kEvery) : arguments.words.front());
        request.add("rate", arguments.get("--rate")).add("reason", arguments.get("--reason"));
    });
    return print(client.post("/v1/drain", request.text()));
}

int redirect(const Arguments& arguments) {
    if (!arguments.has("--reason")) return wrong_call("say why, with --reason TEXT: it is kept with the act.");
    if (!arguments.has("--to")) return wrong_call("say where to, with --to DESTINATION.");
    const Client client(arguments);
    int worst = kDone;
    for (const auto& id : arguments.words) {
        api::JsonText request;
        request.object([&] {
            request.add("act", "redirect").add("id", id).add("reason", arguments.get("--reason"));
            request.add("destination", arguments.get("--to"));
            request.add_if("organisation", arguments.get("--organisation"));
        });
        worst = std::max(worst, print(client.post("/v1/act", request.text())));
    }
    return worst;
}

constexpr Option kFixOptions[] = {
    {"--yes", "", "Do it; without it the first three are shown as they would become."},
    {"--reason", "TEXT", "Why; kept with every act. Required with --yes."},
    {"--count", "N", "Only the first N, oldest first."},
    {"--rate", "N/s", "So many at most: 5/s, 30/m, 100/h (default 100/s)."},
    {"--to", "DESTINATION", "Where to redirect."},
    {"--organisation", "ODS", "Whom the redirected is for, where the destination has many."},
    {"--owner", "NAME", "Who must act on what is held (hold; default: you)."},
    {"--dir", "FOLDER", "New versions, each file named by its message's id (amend)."},
    {"--wait", "SECONDS", "How long to wait for what becomes of them (default 30)."},
    {"--limit", "N", "Messages shown of a group (default 20)."},
};
constexpr Option kAmendOptions[] = {
    {"--file", "FILE", "The new bytes."},
    {"--reason", "TEXT", "Why; kept with the act."},
    {"--preview", "", "Only say what the checks say."},
};
constexpr Option kBodyOptions[] = {{"--reason", "TEXT", "Why; that you read it is an event."},
                                   {"--answers", "", "What receivers answered to all deliveries of the message."},
                                   {"--to", "FILE", "Write the bytes there, exactly; of answers the last one."}};
constexpr Option kDrainOptions[] = {{"--rate", "N/s", "5/s, 30/m, 100/h."},
                                    {"--off", "", "As fast as it can again."},
                                    {"--reason", "TEXT", "Why; kept with the act."}};
constexpr Option kRedirectOptions[] = {{"--to", "DESTINATION", "Where to."},
                                       {"--organisation", "ODS", "Whom for, where the destination has many."},
                                       {"--reason", "TEXT", "Why; kept with the act."}};

}  // namespace

const Command kExceptions = {
    "exceptions",
    "[show GROUP|fix GROUP ACT...]",
    "Show failures grouped by cause; replay, release, redirect, cancel or amend a group.",
    kFixOptions,
    "  causeway exceptions\n"
    "  causeway exceptions show 3f2a9c1d\n"
    "  causeway exceptions fix 3f2a9c1d release\n"
    "  causeway exceptions fix 3f2a9c1d release --yes --rate 20/s --reason \"practice added\"\n",
    exceptions};
const Command kAmend = {"amend",
                        "ID",
                        "Replace a message by a new version: checked as at intake, both kept.",
                        kAmendOptions,
                        "  causeway amend 0FBM2Y8C00000 --file mended.hl7 --reason \"practice code corrected\"\n",
                        amend};
const Command kBody = {"body",
                       "ID",
                       "Print the bytes of a message as they were received, or of a delivery what its receiver "
                       "answered; that you did is kept.",
                       kBodyOptions,
                       "  causeway body 0FBM2Y8C00000 --reason \"to amend it\" --to letter.hl7\n"
                       "  causeway body 0FBM2Y8C00001 --reason \"why did lab refuse it?\"\n",
                       body};
const Command kDrain = {"drain",
                        "[DESTINATION]",
                        "Choose the rate at which the backlog of a destination (or of each) drains; or show the rates.",
                        kDrainOptions,
                        "  causeway drain pas --rate 20/s --reason \"it has just been restarted\"\n"
                        "  causeway drain pas --off --reason \"it keeps up\"\n",
                        drain};
const Command kRedirect = {"redirect",
                           "ID...",
                           "Give a delivery to another destination.",
                           kRedirectOptions,
                           "  causeway redirect 0FBM2Y8C00001 --to lab-2 --reason \"lab is closed\"\n",
                           redirect};

}  // namespace causeway::app
