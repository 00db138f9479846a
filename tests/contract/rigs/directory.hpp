#pragma once
#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "contract/rigs/mllp.hpp"

namespace causeway::contract {

/// Writes a file piece by piece; it hears of it by where the file goes.
class FileSender final : public Sender {
public:
    explicit FileSender(std::filesystem::path directory) : directory_(std::move(directory)) { next(); }

    void send(std::string_view bytes) override {
        std::ofstream out(directory_ / name_, std::ios::binary | std::ios::app);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    Answer answer(test::Millis limit) override {
        auto heard = Answer::none;
        const auto moved = [&] {
            if (std::filesystem::exists(directory_ / "done" / name_)) heard = Answer::positive;
            if (std::filesystem::exists(directory_ / "refused" / name_)) heard = Answer::negative;
            return heard != Answer::none;
        };
        if (test::eventually(moved, limit)) next();
        return heard;
    }
    bool is_closed(test::Millis) override { return true; }
    void leave() override {}
    /// What is no longer in the directory was taken.
    std::size_t flood(std::string_view unit, std::size_t limit) override {
        std::vector<std::filesystem::path> files;
        for (int i = 0; i < 20; ++i) {
            files.push_back(directory_ / name_);
            send(unit);
            next();
        }
        std::this_thread::sleep_for(test::Millis(200));
        const auto left = std::ranges::count_if(files, [](const auto& file) { return std::filesystem::exists(file); });
        return left == 0 ? limit : (files.size() - static_cast<std::size_t>(left)) * unit.size();
    }

private:
    /// The name holds the canary: files are often named after patients.
    void next() {
        static std::atomic<int> number = 0;
        name_ = std::string(kCanary) + std::to_string(++number) + ".hl7";
    }

    std::filesystem::path directory_;
    std::string name_;
};

class DirectoryReaderRig final : public InboundRig {
public:
    std::string_view adapter() const override { return "directory_reader"; }
    std::string options() const override { return "directory: .\npoll: 10ms\nsettle: 50ms\nmax_size: 65536B\n"; }
    std::string message(std::string_view id) const override { return MllpListenerRig().message(id); }
    std::string wire(std::string_view message) const override { return std::string(message); }
    std::vector<std::string> garbage() const override {
        return {std::string(kCanary), "MSH|", std::string(3000, '\xff'), "BHS|^~\\&|A\r" + message("G1") + "BTS|2\r"};
    }
    bool is_framed() const override { return false; }
    std::unique_ptr<Sender> connect(const test::Inbound& channel) const override {
        return std::make_unique<FileSender>(channel.address());
    }
};

class DirectoryWriterRig final : public OutboundRig {
public:
    std::string_view adapter() const override { return "directory_writer"; }
    std::string options(std::uint16_t) const override { return "directory: .\n"; }
    Delivery delivery(std::string_view id) const override { return MllpSenderRig().delivery(id); }
};

}  // namespace causeway::contract
