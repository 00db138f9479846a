/// Files, outbound: one whole file a delivery, never a half one.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "adapter.hpp"
#include "net/attempt.hpp"

namespace causeway {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

using config::FieldSpec;
using config::FieldType;

constexpr FieldSpec kFields[] = {
    {"directory", FieldType::path, "Existing directory that receives one file a delivery."},
    {"suffix", FieldType::text, "Ending of each file name; without it .hl7 or .json, by the message.", ""},
    {"create", FieldType::boolean,
     "Make the directory where it is missing; otherwise a wrong name holds the deliveries.", "false"},
};

constexpr std::string_view kExamples[] = {
    "directory: .\n",
    "directory: .\nsuffix: .txt\n",
};

/// The reason that the system gives, which names no file.
Error cannot_write(std::string_view step, int error) {
    return fail(Issue::transient, "",
                std::string(step) + ": " + std::generic_category().message(error) +
                    "; see whether it is there, has room, and lets the engine's user write.",
                Retry::later);
}

class File {
public:
    File(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0640)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }

    explicit operator bool() const { return fd_ >= 0; }
    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto written = ::write(fd_, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) return false;
            if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    bool sync() const { return ::fsync(fd_) == 0; }

private:
    int fd_;
};

Result<void> write_whole(const fs::path& path, std::string_view bytes) {
    const File file(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file) return cannot_write("Cannot make a file in the directory", errno);
    if (!file.write(bytes)) return cannot_write("Cannot write the file", errno);
    if (!file.sync()) return cannot_write("Cannot sync the file", errno);
    return {};
}

bool is_plain_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    });
}

std::string_view suffix_of(std::string_view media_type) {
    if (media_type == kHl7v2) return ".hl7";
    if (media_type == kFhirXml) return ".xml";
    return media_type == kFhirJson ? ".json" : ".dat";
}

/// Threads: any; deliveries share nothing but the directory, and their files have different names. They are written on
/// a thread of this writer's own: a disk or a share that hangs holds up no other destination.
class DirectoryWriter final : public OutboundAdapter {
public:
    DirectoryWriter(OutboundContext context, fs::path directory, std::string suffix)
        : directory_(std::move(directory)),
          suffix_(std::move(suffix)),
          metrics_(context.metrics, context.destination) {}

    Async<Receipt> deliver(Delivery delivery) override {
        ++writing_;
        auto work = write(std::move(delivery));
        co_return co_await asio::co_spawn(disk_, std::move(work), asio::use_awaitable);
    }

    asio::awaitable<void> stop(Duration deadline) override {
        asio::steady_timer pause(co_await asio::this_coro::executor);
        const auto until = std::chrono::steady_clock::now() + deadline;
        while (writing_ > 0 && std::chrono::steady_clock::now() < until) {
            pause.expires_after(std::chrono::milliseconds(5));
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

private:
    Async<Receipt> write(Delivery delivery) {
        net::Attempt attempt(metrics_);
        auto receipt = put(delivery);
        attempt.ended(receipt);
        if (receipt) metrics_.bytes.add(delivery.payload.size());
        --writing_;
        co_return receipt;
    }

    /// The obligation names the file, so a second attempt replaces its own first copy.
    Result<Receipt> put(const Delivery& delivery) const {
        if (!is_plain_name(delivery.obligation))
            return fail(Issue::invalid, "", "The obligation's id cannot name a file.");
        const auto name =
            delivery.obligation + (suffix_.empty() ? std::string(suffix_of(delivery.media_type)) : suffix_);
        const auto temporary = directory_ / ("." + name + ".tmp");
        if (auto written = write_whole(temporary, delivery.payload.reveal()); !written) {
            std::error_code ignored;
            fs::remove(temporary, ignored);
            return written.error();
        }
        if (::rename(temporary.c_str(), (directory_ / name).c_str()) != 0) {
            auto error = cannot_write("Cannot name the file", errno);
            std::error_code ignored;
            fs::remove(temporary, ignored);
            return error;
        }
        Receipt receipt;
        const File folder(directory_, O_RDONLY | O_DIRECTORY);
        const bool durable = folder && folder.sync();
        receipt.outcome = durable ? Receipt::Outcome::confirmed : Receipt::Outcome::unknown;
        receipt.detail = durable ? "written" : "written, but the directory could not be synced";
        return receipt;
    }

    const fs::path directory_;
    const std::string suffix_;
    metrics::OutboundMetrics metrics_;
    std::atomic<int> writing_{0};
    asio::thread_pool disk_{1};
};

Result<std::unique_ptr<OutboundAdapter>> make(const config::Settings& settings, OutboundContext context) {
    auto suffix = settings.text("suffix");
    if (suffix.find('/') != std::string::npos)
        return fail(Issue::value, settings.place("suffix"), "Give an ending without \"/\", such as \".hl7\".");
    auto directory = settings.path("directory");
    std::error_code error;
    if (settings.boolean("create")) fs::create_directories(directory, error);
    if (error)
        return fail(Issue::not_found, settings.place("directory"),
                    "This directory cannot be made: " + error.message() + ".");
    return std::unique_ptr<OutboundAdapter>(
        std::make_unique<DirectoryWriter>(std::move(context), std::move(directory), std::move(suffix)));
}

}  // namespace

extern const AdapterSpec kDirectoryWriter;
const AdapterSpec kDirectoryWriter = {
    .name = "directory_writer",
    .summary = "Writes each delivery as one whole file, named by its obligation.",
    .security = "Files get mode 0640 and the engine's user; the directory's own permissions decide who reads them.",
    .fields = kFields,
    .examples = kExamples,
    .make_outbound = make,
};

}  // namespace causeway
