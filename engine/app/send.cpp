#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>

#include "api/json_object.hpp"
#include "app/answer.hpp"
#include "app/commands.hpp"
#include "core/text.hpp"
#include "net/http.hpp"
#include "net/mllp.hpp"
#include "net/stream.hpp"

namespace causeway::app {

namespace asio = boost::asio;

namespace {

using Seconds = std::chrono::duration<double>;
constexpr auto kConnectLimit = std::chrono::seconds(10);
constexpr auto kAnswerLimit = std::chrono::seconds(60);
constexpr std::size_t kLongestAnswer = 64u << 20;

struct Outgoing {
    std::string name;
    std::string bytes;
    bool is_fhir = false;
};

struct Sending {
    net::Url to_mllp, to_fhir;
    net::TlsClientPtr tls;
    std::string token;
    double rate = 0;
    bool json = false;
};

std::optional<Outgoing> read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    Outgoing out{path.string(), {std::istreambuf_iterator<char>(in), {}}};
    const auto begin = trim(std::string_view(out.bytes).substr(0, 64));
    out.is_fhir = begin.starts_with('{') || begin.starts_with("\xef\xbb\xbf{");
    return out;
}

/// Files as named; of a directory every file below it, in the order of names.
std::vector<std::filesystem::path> expand(const std::vector<std::string>& words) {
    std::vector<std::filesystem::path> files;
    for (const auto& word : words) {
        if (!std::filesystem::is_directory(word)) {
            files.emplace_back(word);
            continue;
        }
        std::vector<std::filesystem::path> below;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(word))
            if (entry.is_regular_file()) below.push_back(entry.path());
        std::sort(below.begin(), below.end());
        files.insert(files.end(), below.begin(), below.end());
    }
    return files;
}

/// Sends one after the other and keeps the connections.
class Sender {
public:
    explicit Sender(Sending sending) : sending_(std::move(sending)) {}

    asio::awaitable<void> run(std::vector<std::filesystem::path> files) {
        const auto begun = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < files.size(); ++i) {
            co_await pace(begun, i);
            const auto file = read_file(files[i]);
            if (!file) {
                report(files[i].string(), {"unreadable", "Name a file that can be read.", false}, Seconds());
                continue;
            }
            const auto sent_at = std::chrono::steady_clock::now();
            const auto answer = co_await send(*file);
            report(file->name, answer, std::chrono::steady_clock::now() - sent_at);
        }
        elapsed_ = std::chrono::steady_clock::now() - begun;
        // An open connection's timer would keep the program waiting.
        mllp_.reset();
        fhir_.reset();
    }

    int summarise() {
        std::sort(times_.begin(), times_.end());
        const auto at = [&](double share) {
            return times_.empty()
                       ? 0.0
                       : times_[static_cast<std::size_t>(share * static_cast<double>(times_.size() - 1))] * 1000;
        };
        const auto rate = elapsed_.count() > 0 ? static_cast<double>(times_.size()) / elapsed_.count() : 0;
        if (sending_.json) {
            api::JsonText json;
            json.object([&] {
                json.add("sent", static_cast<std::int64_t>(times_.size()));
                json.object("answers", [&] {
                    for (const auto& [code, count] : counts_) json.add(code, count);
                });
            });
            std::cout << json.text() << '\n';
        } else {
            std::cout << times_.size() << " sent:";
            for (const auto& [code, count] : counts_) std::cout << ' ' << count << ' ' << code;
            std::cout << "; " << static_cast<std::int64_t>(rate) << " a second, p50 " << std::fixed
                      << std::setprecision(1) << at(0.5) << " ms, p99 " << at(0.99) << " ms\n";
        }
        return all_good_ ? kDone : kProblems;
    }

private:
    asio::awaitable<void> pace(std::chrono::steady_clock::time_point begun, std::size_t index) {
        if (sending_.rate <= 0) co_return;
        asio::steady_timer timer(co_await asio::this_coro::executor);
        timer.expires_at(begun + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                     Seconds(static_cast<double>(index) / sending_.rate)));
        co_await timer.async_wait(asio::use_awaitable);
    }

    asio::awaitable<Answer> send(const Outgoing& file) {
        // No co_await inside a conditional operator: GCC 12 destroys its operands twice.
        Result<Answer> answer = Answer{};
        if (file.is_fhir)
            answer = co_await send_fhir(file);
        else
            answer = co_await send_mllp(file);
        if (answer) co_return std::move(*answer);
        (file.is_fhir ? fhir_ : mllp_).reset();
        co_return Answer{"no answer", to_string(answer.error()), false};
    }

    net::Async<Answer> send_mllp(const Outgoing& file) {
        if (auto ready = co_await connect(mllp_, sending_.to_mllp); !ready) co_return ready.error();
        const auto framed = net::mllp_frame(unframed(file.bytes));
        if (auto written = co_await mllp_->write(framed, kAnswerLimit); !written) co_return written.error();
        net::MllpReader reader(kLongestAnswer);
        std::vector<char> buffer(65536);
        for (;;) {
            const auto event = reader.next();
            if (event == net::MllpReader::Event::frame) co_return read_acknowledgement(reader.take());
            if (event != net::MllpReader::Event::need_more)
                co_return fail(Issue::structure, "", "The peer's answer is no MLLP frame.");
            const auto count = co_await mllp_->read_some(buffer, kAnswerLimit);
            if (!count) co_return count.error();
            if (*count == 0) co_return fail(Issue::transient, "", "The peer closed the connection without an answer.");
            reader.feed({buffer.data(), *count});
        }
    }

    net::Async<Answer> send_fhir(const Outgoing& file) {
        if (auto ready = co_await connect(fhir_, sending_.to_fhir); !ready) co_return ready.error();
        net::HttpRequest request;
        request.method = "POST";
        request.target = sending_.to_fhir.path + (is_message_bundle(file.bytes) ? "/$process-message" : "");
        request.headers.emplace_back("Content-Type", "application/fhir+json");
        request.headers.emplace_back("Accept", "application/fhir+json");
        if (!sending_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + sending_.token);
        request.body = file.bytes;
        bool sent = false;
        const auto exchanged =
            co_await net::exchange_http(*fhir_, request, sending_.to_fhir.host, kAnswerLimit, kLongestAnswer, sent);
        if (!exchanged) co_return exchanged.error();
        if (!exchanged->keep) fhir_.reset();
        co_return read_outcome(exchanged->response);
    }

    net::Async<void> connect(net::StreamPtr& stream, const net::Url& to) {
        if (stream && !stream->is_stale()) co_return Result<void>();
        const bool secure = to.scheme == "mllps" || to.scheme == "https";
        auto made = co_await net::connect(co_await asio::this_coro::executor, to.host, to.port,
                                          secure ? sending_.tls : nullptr, kConnectLimit);
        if (!made) co_return made.error();
        stream = std::move(*made);
        co_return Result<void>();
    }

    void report(const std::string& name, const Answer& answer, Seconds took) {
        times_.push_back(took.count());
        ++counts_[answer.code];
        all_good_ = all_good_ && answer.positive;
        if (sending_.json) {
            api::JsonText json;
            json.object([&] {
                json.add("file", name)
                    .add("answer", answer.code)
                    .add("positive", answer.positive)
                    .add_if("text", answer.text);
            });
            std::cout << json.text() << '\n';
        } else {
            std::cout << name << "  " << answer.code << "  " << static_cast<std::int64_t>(took.count() * 1000) << " ms"
                      << (answer.text.empty() ? "" : "  ") << answer.text << '\n';
        }
    }

    const Sending sending_;
    net::StreamPtr mllp_, fhir_;
    std::vector<double> times_;
    std::map<std::string, int> counts_;
    Seconds elapsed_{};
    bool all_good_ = true;
};

Result<net::TlsClientPtr> tls_of(const Arguments& arguments) {
    std::string yaml;
    for (const auto& [option, field] : {std::pair{"--ca", "ca"}, {"--certificate", "certificate"}, {"--key", "key"}})
        if (arguments.has(option)) yaml += std::string(field) + ": \"" + arguments.get(option) + "\"\n";
    if (yaml.empty()) yaml = "{}";
    std::vector<config::Mistake> mistakes;
    const auto parsed = config::parse_yaml(yaml, "options", std::filesystem::current_path(), mistakes);
    const auto settings = config::lint(parsed, net::tls_client_fields(), mistakes);
    if (!mistakes.empty()) return fail(Issue::value, "--ca", mistakes.front().what);
    return net::make_tls_client(settings);
}

std::string with_default_port(std::string url) {
    for (const auto* scheme : {"mllp://", "mllps://"})
        if (url.starts_with(scheme) && url.find(':', std::string_view(scheme).size()) == std::string::npos)
            return url + ":2575";
    return url;
}

std::optional<Sending> sending_of(const Arguments& arguments) {
    Sending sending;
    const auto to = arguments.get("--to");
    const bool to_mllp = to.starts_with("mllp"), to_fhir = to.starts_with("http");
    const auto mllp = net::parse_url(with_default_port(to_mllp ? to : "mllp://127.0.0.1:2575"));
    const auto fhir = net::parse_url(to_fhir ? to : "http://127.0.0.1:8080/fhir");
    if (!mllp || !fhir || (!to.empty() && !to_mllp && !to_fhir)) return std::nullopt;
    sending.to_mllp = *mllp;
    sending.to_fhir = *fhir;
    while (sending.to_fhir.path.ends_with('/')) sending.to_fhir.path.pop_back();
    const auto rate = arguments.get("--rate", "0");
    const auto [end, error] = std::from_chars(rate.data(), rate.data() + rate.size(), sending.rate);
    if (error != std::errc() || end != rate.data() + rate.size()) return std::nullopt;
    sending.token = arguments.get("--token");
    sending.json = arguments.has("--json");
    return sending;
}

int send(const Arguments& arguments) {
    auto sending = sending_of(arguments);
    if (!sending) {
        std::cerr << "causeway: --to takes mllp://HOST:PORT, mllps://HOST:PORT or http(s)://HOST:PORT/fhir; --rate a "
                     "number.\n";
        return kUsage;
    }
    auto tls = tls_of(arguments);
    if (!tls) {
        std::cerr << "causeway: " << to_string(tls.error()) << '\n';
        return kUsage;
    }
    sending->tls = std::move(*tls);
    std::vector<std::filesystem::path> files;
    const auto repeat = std::max(1, std::atoi(arguments.get("--repeat", "1").c_str()));
    for (int i = 0; i < repeat; ++i)
        for (auto& file : expand(arguments.words)) files.push_back(std::move(file));
    asio::io_context io(1);
    Sender sender(std::move(*sending));
    asio::co_spawn(io, sender.run(std::move(files)), asio::detached);
    io.run();
    return sender.summarise();
}

constexpr Option kOptions[] = {
    {"--to", "URL", "mllp://HOST:PORT or http://HOST:PORT/fhir (mllps, https with TLS). Default: this machine."},
    {"--rate", "NUMBER", "Messages a second (default: one after the other without pause)."},
    {"--repeat", "N", "Send everything N times."},
    {"--token", "TOKEN", "Bearer token for HTTP."},
    {"--ca", "FILE", "Authorities of the server's certificate."},
    {"--certificate", "FILE", "Client certificate."},
    {"--key", "FILE", "Key of the client certificate."},
};

}  // namespace

const Command kSend = {
    "send",
    "FILE...",
    "Send HL7 v2 files over MLLP and FHIR Bundles over HTTP; print each answer and a summary.",
    kOptions,
    "  causeway send referral.json\n"
    "  causeway send --to mllp://127.0.0.1:2575 --rate 10 letters/\n",
    send,
};

}  // namespace causeway::app
