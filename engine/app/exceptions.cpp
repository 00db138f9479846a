/// Failures by cause: shown, previewed, and repaired a group at a time.
#include <rapidjson/document.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <thread>

#include "api/json_object.hpp"
#include "app/client.hpp"
#include "app/commands.hpp"
#include "core/digest.hpp"
#include "pipeline/drain_rate.hpp"

namespace causeway::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAtOnce = 200;

int wrong_call(const std::string& what) {
    std::cerr << "causeway: " << what << '\n';
    return kUsage;
}

/// One repair of a group, from its ids to the report.
class Repair {
public:
    Repair(const Arguments& arguments, std::string group, std::string act)
        : arguments_(arguments), client_(arguments), group_(std::move(group)), act_(std::move(act)) {}

    int preview() const {
        const auto reply = client_.post(path("preview"), body({}));
        const auto status = print(reply);
        if (status == kDone && !arguments_.has("--json"))
            std::cout
                << "Nothing was changed. To do it: --reason TEXT --yes (--count N for the first N, --rate N/s).\n";
        return status;
    }

    int run(double rate) {
        if (const auto status = read_ids(); status != kDone) return status;
        const auto begun = Clock::now();
        while (next_ < ids_.size()) {
            const auto allowed =
                static_cast<std::size_t>(std::chrono::duration<double>(Clock::now() - begun).count() * rate + 1);
            const auto count = std::min({allowed - std::min(allowed, next_), kMostAtOnce, ids_.size() - next_});
            if (count == 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            } else if (const auto status = act(count); status != kDone) {
                return status;
            }
        }
        return report();
    }

private:
    std::string path(const std::string& what) const { return "/v1/exceptions/" + group_ + '/' + what; }

    std::string body(const std::vector<std::string>& ids) const {
        api::JsonText json;
        json.object([&] {
            json.add("act", act_).add_if("reason", arguments_.get("--reason"));
            json.add_if("owner", arguments_.get("--owner")).add_if("destination", arguments_.get("--to"));
            json.add_if("organisation", arguments_.get("--organisation"));
            if (ids.empty()) return;
            json.array("ids", [&] {
                for (const auto& id : ids) json.value_of(id);
            });
        });
        return json.text();
    }

    int read_ids() {
        const auto limit = arguments_.has("--count") ? "?limit=" + arguments_.get("--count") : std::string();
        const auto reply = client_.get_json(path("ids") + limit);
        if (!reply || reply->status >= 300) return print(reply);
        const JsonObject found(reply->body);
        for (const auto& id : found.document()["ids"].GetArray()) ids_.emplace_back(id.GetString());
        return kDone;
    }

    int act(std::size_t count) {
        const std::vector<std::string> some(ids_.begin() + static_cast<long>(next_),
                                            ids_.begin() + static_cast<long>(next_ + count));
        const auto reply = client_.post_json(path("act"), body(some));
        // The last of the group is gone with the others: somebody else repairs it, too.
        if (reply && reply->status == 404 && next_ > 0) {
            next_ = ids_.size();
            return kDone;
        }
        if (!reply || reply->status >= 300) return print(reply);
        next_ += count;
        const JsonObject acted(reply->body);
        for (const auto& one : acted.document()["acted"].GetArray()) {
            if (one.HasMember("why_not")) {
                ++refused_[one["why_not"].GetString()];
            } else {
                ++done_;
                if (one.HasMember("follow")) followed_.emplace_back(one["follow"].GetString());
            }
        }
        return kDone;
    }

    struct Sum {
        std::map<std::string, std::int64_t> counts, causes;
        std::int64_t waiting() const { return counts.at("waiting"); }
    };

    /// Looks until everything has been tried once, or for as long as the caller waits.
    Sum aftermath() const {
        const auto seconds = std::max(0, std::atoi(arguments_.get("--wait", "30").c_str()));
        const auto until = Clock::now() + std::chrono::seconds(seconds);
        for (;;) {
            auto sum = look();
            if (sum.waiting() == 0 || Clock::now() >= until) return sum;
            std::this_thread::sleep_for(std::chrono::milliseconds(250));
        }
    }

    Sum look() const {
        constexpr const char* kCounts[] = {"delivered", "filtered", "waiting", "failing"};
        Sum sum;
        for (const auto* name : kCounts) sum.counts[name] = 0;
        for (std::size_t at = 0; at < followed_.size(); at += kMostAtOnce) {
            api::JsonText json;
            json.object([&] {
                json.array("ids", [&] {
                    for (auto i = at; i < std::min(at + kMostAtOnce, followed_.size()); ++i)
                        json.value_of(followed_[i]);
                });
            });
            const auto reply = client_.post_json("/v1/exceptions/outcome", json.text());
            if (!reply || reply->status >= 300) continue;
            const JsonObject found(reply->body);
            for (const auto* name : kCounts) sum.counts[name] += found.document()[name].GetInt64();
            for (const auto& one : found.document()["causes"].GetArray())
                sum.causes[one["cause"].GetString()] += one["count"].GetInt64();
        }
        return sum;
    }

    int report() const {
        const auto sum = aftermath();
        if (arguments_.has("--json"))
            print_json(sum);
        else
            print_text(sum);
        return refused_.empty() && sum.counts.at("failing") == 0 ? kDone : kProblems;
    }

    void print_json(const Sum& sum) const {
        api::JsonText json;
        const auto list = [&](std::string_view name, const std::map<std::string, std::int64_t>& counts) {
            json.array(name, [&] {
                for (const auto& [cause, count] : counts)
                    json.object([&] { json.add("cause", cause).add("count", count); });
            });
        };
        json.object([&] {
            json.add("group", group_).add("act", act_).add("done", done_);
            for (const auto& [name, count] : sum.counts) json.add(name, count);
            list("not_done", refused_);
            list("failed_again", sum.causes);
        });
        std::cout << json.text() << '\n';
    }

    void print_text(const Sum& sum) const {
        std::cout << act_ << ": " << done_ << " done";
        if (!followed_.empty())
            std::cout << "; " << sum.counts.at("delivered") << " delivered, " << sum.counts.at("filtered")
                      << " filtered, " << sum.waiting() << " on their way, " << sum.counts.at("failing")
                      << " failed again";
        std::cout << '\n';
        for (const auto& [cause, count] : sum.causes) std::cout << "  failed again  " << count << "  " << cause << '\n';
        for (const auto& [why, count] : refused_) std::cout << "  not done      " << count << "  " << why << '\n';
    }

    const Arguments& arguments_;
    const Client client_;
    const std::string group_, act_;
    std::vector<std::string> ids_, followed_;
    std::size_t next_ = 0;
    std::int64_t done_ = 0;
    std::map<std::string, std::int64_t> refused_;
};

std::optional<std::string> read_all(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<Reply> send_version(const Client& client, const Arguments& arguments, const std::string& id,
                           const std::string& bytes, bool preview) {
    api::JsonText body;
    body.object([&] {
        body.add("id", id).add("body", base64_encode(bytes)).add_if("reason", arguments.get("--reason"));
        if (preview) body.add("preview", "yes");
    });
    return client.post("/v1/amend", body.text());
}

/// The new version of a message in a folder: the file that has its id as name, whatever its suffix.
std::optional<std::string> version_in(const std::filesystem::path& folder, const std::string& message) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
        if (entry.path().stem() == message) return read_all(entry.path());
    return std::nullopt;
}

/// New versions of a group's messages, from a folder.
int amend_group(const Arguments& arguments, const std::string& group) {
    const std::filesystem::path folder = arguments.get("--dir");
    if (folder.empty()) return wrong_call("give --dir FOLDER with the new versions, each named by its message's id.");
    const Client client(arguments);
    const auto limit = arguments.has("--yes") ? arguments.get("--count", "1000000") : std::string("3");
    const auto reply = client.get_json("/v1/exceptions/" + group + "/ids?limit=" + limit);
    if (!reply || reply->status >= 300) return print(reply);
    const JsonObject found(reply->body);
    int worst = kDone, left = 0;
    for (const auto& one : found.document()["messages"].GetArray()) {
        const auto bytes = version_in(folder, one.GetString());
        if (bytes)
            worst = std::max(worst,
                             print(send_version(client, arguments, one.GetString(), *bytes, !arguments.has("--yes"))));
        else
            ++left;
    }
    if (left > 0) std::cout << left << " messages have no new version in " << folder.string() << ".\n";
    return worst;
}

int fix(const Arguments& arguments) {
    const auto& words = arguments.words;
    if (words.size() != 3) return wrong_call("write `causeway exceptions fix GROUP ACT`, such as replay or release.");
    if (arguments.has("--yes") && !arguments.has("--reason"))
        return wrong_call("say why, with --reason TEXT: it is kept with the act.");
    if (words[2] == "amend") return amend_group(arguments, words[1]);
    if (words[2] == "redirect" && !arguments.has("--to")) return wrong_call("say where to, with --to DESTINATION.");
    const auto rate = pipeline::parse_rate(arguments.get("--rate", "100/s"));
    if (!rate) return wrong_call(rate.error().what);
    Repair repair(arguments, words[1], words[2]);
    return arguments.has("--yes") ? repair.run(*rate) : repair.preview();
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

/// The bytes of a message, to be looked at or amended.
int body(const Arguments& arguments) {
    if (!arguments.has("--reason")) return wrong_call("say why, with --reason TEXT: who read it is kept.");
    const Client client(arguments);
    api::JsonText request;
    request.object([&] { request.add("id", arguments.words.front()).add("reason", arguments.get("--reason")); });
    if (!arguments.has("--to")) return print(client.post("/v1/body", request.text()));
    const auto reply = client.post_json("/v1/body", request.text());
    if (!reply || reply->status >= 300) return print(reply);
    const auto bytes = base64_decode(JsonObject(reply->body).text("body"));
    std::ofstream out(arguments.get("--to"), std::ios::binary | std::ios::trunc);
    out << bytes.value_or("");
    out.close();
    if (!bytes || !out.good()) return wrong_call("this file cannot be written; name another with --to FILE.");
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
                                   {"--to", "FILE", "Write the bytes there, exactly."}};
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
                       "Print the bytes of a message as they were received; that you did is kept.",
                       kBodyOptions,
                       "  causeway body 0FBM2Y8C00000 --reason \"to amend it\" --to letter.hl7\n",
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
