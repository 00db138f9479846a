#pragma once
/// Time of the processor, which a busy machine changes least, and the best of several slices of it.

#include <algorithm>
#include <ctime>
#include <functional>

namespace causeway::bench {

inline double cpu_now() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Runs a second of CPU: the best of five slices of a tenth of a second, or of as many as fit into three.
inline double runs_a_second(const std::function<void()>& run) {
    const auto slice = [&](double least) {
        const auto begin = cpu_now();
        std::size_t runs = 0;
        double spent = 0;
        do {
            run();
            ++runs;
            spent = cpu_now() - begin;
        } while (spent < least);
        return static_cast<double>(runs) / spent;
    };
    slice(0.05);
    double best = 0;
    const auto begin = cpu_now();
    for (int i = 0; i < 5 && cpu_now() - begin < 3; ++i) best = std::max(best, slice(0.1));
    return best;
}

}  // namespace causeway::bench
