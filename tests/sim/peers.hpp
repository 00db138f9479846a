#pragma once
/// The network of the simulation: a listener that hands over its intake, and receivers that behave by chance.

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "adapter.hpp"

namespace causeway::sim {

/// Something that a receiver did because of a delivery.
struct Effect {
    std::string obligation, message, patient;
    std::uint64_t number;  ///< Of the message within its patient's.
};

/// What the simulation and its adapters share. Threads: one.
class Peers {
public:
    static Peers& instance();

    void begin(std::uint64_t seed);
    /// From here on every receiver confirms at once.
    void heal() { healed_ = true; }
    bool healed() const { return healed_; }
    std::mt19937_64& random() { return random_; }

    /// The receiver took it: known by destination, in order, every time that it happens.
    std::map<std::string, std::vector<Effect>> effects;
    Intake* intake = nullptr;
    int in_flight = 0;

private:
    std::mt19937_64 random_;
    bool healed_ = false;
};

/// "sim_in" and "sim_out".
std::span<const AdapterSpec* const> sim_adapters();

/// Message `number` of a patient, in HL7 v2; `variant` other than 0: the same id with other bytes.
std::string message_of(const std::string& patient, std::uint64_t number, int variant = 0);
std::string control_id(const std::string& patient, std::uint64_t number);

}  // namespace causeway::sim
