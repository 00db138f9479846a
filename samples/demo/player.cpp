#include "samples/demo/player.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "api/json_object.hpp"
#include "core/text.hpp"

namespace causeway::samples {
namespace {

constexpr auto kLongest = std::chrono::seconds(20);
constexpr auto kPoll = std::chrono::milliseconds(30);

rapidjson::Document parsed(const Result<app::Reply>& reply) {
    rapidjson::Document document;
    document.SetObject();
    if (!reply || reply->status >= 300) return document;
    rapidjson::Document read;
    read.Parse<rapidjson::kParseIterativeFlag>(reply->body.c_str());
    return read.HasParseError() || !read.IsObject() ? std::move(document) : std::move(read);
}

std::string text(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

template <class Visit>
void each(const rapidjson::Value& object, const char* name, Visit visit) {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsArray()) return;
    for (const auto& item : found->value.GetArray()) visit(item);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out.empty() ? "nothing" : out;
}

}  // namespace

Player::Player(Stage& stage, std::string mark) : stage_(stage), mark_(std::move(mark)) {
}

void Player::play(const Scenario& scenario) {
    std::cout << "\n== " << scenario.title << '\n';
    for (const auto& step : scenario.steps) play(step);
}

void Player::play(const Step& step) {
    ++steps_;
    std::cout << '\n'
              << step.title << "  (" << std::filesystem::relative(step.file, stage_.place().root).string() << ")\n";
    // From here on, so that only what this step causes is printed under it.
    printed_up_to_ = std::to_string(parsed(stage_.client().get_json("/v1/events?after=latest"))["next"].GetInt64());
    const auto sent = send(step, stamped(step));
    if (!sent.answer.empty())
        std::cout << "  sender is told " << sent.answer << (sent.text.empty() ? "" : ": ") << sent.text << '\n';
    const auto key = !step.find.empty() ? step.find : step.stamp.empty() ? std::string() : step.stamp + mark_;
    const auto message = key.empty() ? std::string() : find_journey(key);
    if (!message.empty()) follow(message);
    compare(step, sent, message);
}

/// A copy whose ids carry the run's mark.
std::filesystem::path Player::stamped(const Step& step) const {
    auto bytes = read_file(step.file);
    if (!step.stamp.empty())
        for (std::size_t at = 0; (at = bytes.find(step.stamp, at)) != std::string::npos;
             at += step.stamp.size() + mark_.size())
            bytes.insert(at + step.stamp.size(), mark_);
    const auto copy = stage_.place().state / "log" / step.file.filename();
    std::ofstream(copy, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return copy;
}

Player::Sent Player::send(const Step& step, const std::filesystem::path& file) {
    if (step.drop) {
        const auto to = stage_.place().state / "in" / (file.stem().string() + mark_ + file.extension().string());
        std::filesystem::copy_file(file, to.string() + ".part");
        std::filesystem::rename(to.string() + ".part", to);
        return {};
    }
    std::vector<std::string> words = {(stage_.place().programs / "causeway").string(), "send", "--json", file.string()};
    if (!step.to.empty()) words.insert(words.end(), {"--to", step.to});
    const auto finished = run(words);
    const auto line = finished.output.substr(0, finished.output.find('\n'));
    const api::JsonObject answer(line);
    return {answer.text("answer"), answer.text("text")};
}

std::string Player::find_journey(const std::string& key) const {
    api::JsonText body;
    body.object([&] { body.add("key", key); });
    const auto until = std::chrono::steady_clock::now() + kLongest;
    while (std::chrono::steady_clock::now() < until) {
        std::string message;
        const auto found = parsed(stage_.client().post_json("/v1/find", body.text()));
        each(found, "messages", [&](const rapidjson::Value& one) {
            if (message.empty()) message = text(one, "id");
        });
        if (!message.empty()) return message;
        std::this_thread::sleep_for(kPoll);
    }
    return {};
}

void Player::follow(const std::string& message) {
    const auto until = std::chrono::steady_clock::now() + kLongest;
    bool done = false;
    while (!done && std::chrono::steady_clock::now() < until) {
        done = settled(message);
        print_events(message);
        if (!done) std::this_thread::sleep_for(kPoll);
    }
}

/// Everything that is owed has ended or is held; an awaited answer may still be open.
bool Player::settled(const std::string& message) const {
    const auto journey = parsed(stage_.client().get_json("/v1/journey/" + message));
    bool open = !journey.HasMember("obligations");
    each(journey, "obligations", [&](const rapidjson::Value& one) {
        const auto state = text(one, "state");
        open = open || (text(one, "duty") != "answer" && (state == "queued" || state == "in-flight"));
    });
    return !open;
}

void Player::print_events(const std::string& message) {
    const auto page = parsed(stage_.client().get_json("/v1/events?after=" + printed_up_to_));
    if (page.HasMember("next")) printed_up_to_ = std::to_string(page["next"].GetInt64());
    each(page, "events", [&](const rapidjson::Value& event) {
        if (text(event, "message") != message) return;
        auto what = text(event, "what");
        what.resize(std::max<std::size_t>(what.size() + 1, 13), ' ');
        std::cout << "  " << text(event, "at").substr(11, 12) << "  " << what << text(event, "sentence") << '\n';
    });
    std::cout << std::flush;
}

void Player::expect(bool holds, const Step& step, const std::string& what) {
    if (holds) return;
    differences_.push_back(step.title + ": " + what);
    std::cout << "  DIFFERENT: " << what << '\n';
}

void Player::compare(const Step& step, const Sent& sent, const std::string& message) {
    expect(step.answer == sent.answer, step,
           "the sender was told \"" + sent.answer + "\", expected \"" + step.answer + "\"");
    expect(sent.text.find(step.text) != std::string::npos, step, "the answer does not say \"" + step.text + "\"");
    compare_end(step, message);
    if (!step.keeps.empty())
        expect(promise_kept(find_journey(step.keeps + mark_)), step, "the promise of " + step.keeps + " still runs");
    for (const auto& line : step.received) {
        const auto colon = line.find(": ");
        const auto peer = line.substr(0, colon), part = line.substr(colon + 2);
        expect(stage_.newest(peer).find(part) != std::string::npos, step, peer + " has not received \"" + part + "\"");
    }
}

/// Does every clock of the journey stand still?
bool Player::promise_kept(const std::string& message) const {
    const auto until = std::chrono::steady_clock::now() + kLongest;
    while (std::chrono::steady_clock::now() < until) {
        const auto journey = parsed(stage_.client().get_json("/v1/journey/" + message));
        bool kept = journey.HasMember("clocks") && !journey["clocks"].Empty();
        each(journey, "clocks",
             [&](const rapidjson::Value& clock) { kept = kept && text(clock, "state") == "stopped"; });
        if (kept) return true;
        std::this_thread::sleep_for(kPoll);
    }
    return false;
}

void Player::compare_end(const Step& step, const std::string& message) {
    if (step.ends.empty() && step.decided.empty()) return;
    const auto journey = parsed(stage_.client().get_json("/v1/journey/" + message));
    std::vector<std::string> ended;
    each(journey, "obligations", [&](const rapidjson::Value& one) {
        if (text(one, "duty") == "answer") return;
        const auto destination = text(one, "destination");
        if (!destination.empty() || text(one, "state") != "delivered")
            ended.push_back((destination.empty() ? "process" : destination) + ' ' + text(one, "state"));
    });
    auto expected = step.ends;
    std::sort(ended.begin(), ended.end());
    std::sort(expected.begin(), expected.end());
    expect(step.ends.empty() || ended == expected, step,
           "ended as " + joined(ended) + ", expected " + joined(expected));
    bool decided = step.decided.empty();
    each(journey, "events", [&](const rapidjson::Value& event) {
        decided = decided || (text(event, "kind") == "decision.made" &&
                              text(event, "sentence").find('"' + step.decided + '"') != std::string::npos);
    });
    expect(decided, step, "the pathway did not choose \"" + step.decided + "\"");
}

}  // namespace causeway::samples
