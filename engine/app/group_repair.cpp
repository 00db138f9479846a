#include "app/group_repair.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <thread>
#include <vector>

#include "api/json_object.hpp"

namespace causeway::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAtOnce = 200;

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
        const auto acted = act_on_all(rate);
        return acted == kDone ? report() : report_cut_short(acted);
    }

private:
    int act_on_all(double rate) {
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
        return kDone;
    }

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
        auto members = members_of(client_, group_, count_of(arguments_));
        if (!members) return print_no_members(members.error());
        ids_ = std::move(members->ids);
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
        bool unknown = false;  ///< The engine does not answer any more.
        std::int64_t waiting() const { return counts.at("waiting"); }
    };

    /// Looks until everything has been tried once, or for as long as the caller waits.
    Sum aftermath() const {
        const auto seconds = std::max(0, std::atoi(arguments_.get("--wait", "30").c_str()));
        const auto until = Clock::now() + std::chrono::seconds(seconds);
        for (;;) {
            auto sum = look();
            if (sum.waiting() == 0 || sum.unknown || Clock::now() >= until) return sum;
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
            if (!reply || reply->status >= 300) {
                sum.unknown = true;
                return sum;
            }
            const JsonObject found(reply->body);
            for (const auto* name : kCounts) sum.counts[name] += found.document()[name].GetInt64();
            for (const auto& one : found.document()["causes"].GetArray())
                sum.causes[one["cause"].GetString()] += one["count"].GetInt64();
        }
        return sum;
    }

    /// The engine said no, or says nothing: what it has committed stays done, and is no longer in the group.
    int report_cut_short(int status) const {
        std::cerr << "causeway: " << done_ << " of " << ids_.size() << " are done, and " << next_ << " were answered"
                  << (status == kUnreachable ? "; of the next ones some may be done, too" : "")
                  << ". The same call does the rest.\n";
        return status;
    }

    int report() const {
        const auto sum = aftermath();
        if (sum.unknown) {
            std::cerr << "causeway: " << done_ << " of " << ids_.size()
                      << " are done; the engine does not say what became of them. See `causeway exceptions`.\n";
            return kUnreachable;
        }
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

}  // namespace

std::size_t count_of(const Arguments& arguments) {
    return arguments.has("--count") ? std::stoul(arguments.get("--count")) : SIZE_MAX;
}

Result<GroupMembers> members_of(const Client& client, const std::string& group, std::size_t most) {
    constexpr std::size_t page = 10'000;
    GroupMembers found;
    std::string after;
    do {
        const auto limit = std::min(page, most - found.ids.size());
        const auto reply = client.get_json("/v1/exceptions/" + group + "/ids?limit=" + std::to_string(limit) +
                                           (after.empty() ? "" : "&after=" + after));
        if (!reply) return reply.error();
        const JsonObject json(reply->body);
        // The last of the group has gone meanwhile.
        if (reply->status == 404 && !after.empty()) break;
        if (reply->status >= 300) return fail(Issue::not_found, json.text("where"), json.text("error"));
        for (const auto& id : json.document()["ids"].GetArray()) found.ids.emplace_back(id.GetString());
        for (const auto& id : json.document()["messages"].GetArray()) found.messages.emplace(id.GetString());
        after = json.text("next");
    } while (!after.empty() && found.ids.size() < most);
    return found;
}

int print_no_members(const Error& error) {
    std::cerr << "causeway: " << to_string(error) << '\n';
    return error.issue == Issue::not_found ? kProblems : kUnreachable;
}

int preview_repair(const Arguments& arguments, const std::string& group, const std::string& act) {
    return Repair(arguments, group, act).preview();
}

int repair_group(const Arguments& arguments, const std::string& group, const std::string& act, double rate) {
    return Repair(arguments, group, act).run(rate);
}

}  // namespace causeway::app
