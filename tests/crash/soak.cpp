#include "crash/soak.hpp"

#include <cstdio>
#include <fstream>
#include <random>

namespace causeway::test {
namespace {

constexpr std::uint64_t kPrinted = 8;

}  // namespace

Run::Run(const Fault& fault, const SoakOptions& options)
    : fault_(fault), options_(options), seed_(options.seed != 0 ? options.seed : std::random_device{}()) {
    wanted_ = options.cycles != 0 ? options.cycles : options.is_long ? fault.long_cycles : fault.short_cycles;
    load();
    if (options_.is_quiet) return;
    std::printf("%s: %s; %llu cycles, %llu done before, seed %llu\n", std::string(fault.name).c_str(),
                std::string(fault.summary).c_str(), static_cast<unsigned long long>(wanted_),
                static_cast<unsigned long long>(cycles_), static_cast<unsigned long long>(seed_));
    std::fflush(stdout);
}

bool Run::goes_on() const {
    return losses_ == 0 && cycles_ < wanted_ && !interrupted();
}

void Run::cycle() {
    ++cycles_;
    ++here_;
    save();
    if (options_.is_long && here_ % 10 == 0) report();
}

void Run::wrong(const std::string& what) {
    if (losses_ == 0) first_wrong_ = what.substr(0, what.find('\n'));
    if (++losses_ <= kPrinted && !options_.is_quiet) std::printf("WRONG: %s\n", what.c_str());
    std::fflush(stdout);
}

void Run::must_have(const std::string& what) {
    expect(cycles_ < wanted_ || counts_.contains(what), "nothing was counted as " + what + ": the test says nothing");
}

std::filesystem::path Run::file() const {
    return options_.state / (std::string(fault_.name) + ".count");
}

/// A line a number: "acknowledged 5312".
void Run::load() {
    if (options_.state.empty()) return;
    std::ifstream in(file());
    std::string name;
    std::uint64_t number = 0;
    while (in >> name >> number) {
        if (name == "cycles")
            cycles_ = number;
        else if (name == "losses")
            losses_ = number;
        else
            counts_[name] = number;
    }
}

void Run::save() const {
    if (options_.state.empty()) return;
    std::filesystem::create_directories(options_.state);
    const auto fresh = file().string() + ".new";
    {
        std::ofstream out(fresh);
        out << "cycles " << cycles_ << "\nlosses " << losses_ << '\n';
        for (const auto& [name, number] : counts_) out << name << ' ' << number << '\n';
    }
    std::filesystem::rename(fresh, file());
}

void Run::report() const {
    std::printf("%s: %llu of %llu cycles, %llu wrong", std::string(fault_.name).c_str(),
                static_cast<unsigned long long>(cycles_), static_cast<unsigned long long>(wanted_),
                static_cast<unsigned long long>(losses_));
    for (const auto& [name, number] : counts_)
        std::printf(", %s %llu", name.c_str(), static_cast<unsigned long long>(number));
    std::printf("\n");
    std::fflush(stdout);
}

}  // namespace causeway::test
