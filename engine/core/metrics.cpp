#include "core/metrics.hpp"

#include <algorithm>
#include <cstdio>

#include "core/text.hpp"

namespace causeway::metrics {
namespace {

std::string print(const Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) out += (out.empty() ? "" : ",") + name + "=\"" + json_escape(value) + '"';
    return out;
}

std::string print(double number) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%.10g", number);
    return out.data();
}

void head(std::string& out, const std::string& name, const std::string& help, std::string_view type) {
    out.append("# HELP ").append(name).append(" ").append(help).append("\n");
    out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void sample(std::string& out, const std::string& name, const std::string& labels, const std::string& value) {
    out += name;
    if (!labels.empty()) out += '{' + labels + '}';
    out += ' ' + value + '\n';
}

template <class Families>
auto& find(Families& families, std::mutex& mutex, std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex);
    auto family = families.find(name);
    if (family == families.end()) family = families.try_emplace(std::string(name)).first;
    if (family->second.help.empty()) family->second.help = help;
    return family->second.by_labels.try_emplace(print(labels)).first->second;
}

template <class Families>
void print_values(std::string& out, const Families& families, std::string_view type) {
    for (const auto& [name, family] : families) {
        head(out, name, family.help, type);
        for (const auto& [labels, metric] : family.by_labels) sample(out, name, labels, std::to_string(metric.value()));
    }
}

}  // namespace

void Histogram::observe(double seconds) noexcept {
    seconds = std::max(seconds, 0.0);  // The wall clock may have been set back meanwhile.
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    microseconds_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
    return find(counters_, mutex_, name, help, labels);
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    return find(gauges_, mutex_, name, help, labels);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, const Labels& labels) {
    return find(histograms_, mutex_, name, help, labels);
}

std::string Registry::text() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    print_values(out, counters_, "counter");
    print_values(out, gauges_, "gauge");
    for (const auto& [name, family] : histograms_) {
        head(out, name, family.help, "histogram");
        for (const auto& [labels, metric] : family.by_labels) {
            const auto comma = labels.empty() ? labels : labels + ',';
            std::uint64_t count = 0;
            for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
                count += metric.buckets_[i].load(std::memory_order_relaxed);
                sample(out, name + "_bucket", comma + "le=\"" + print(Histogram::kBounds[i]) + '"',
                       std::to_string(count));
            }
            count += metric.buckets_.back().load(std::memory_order_relaxed);
            sample(out, name + "_bucket", comma + "le=\"+Inf\"", std::to_string(count));
            sample(out, name + "_sum", labels, print(static_cast<double>(metric.microseconds_.load()) / 1e6));
            sample(out, name + "_count", labels, std::to_string(count));
        }
    }
    return out;
}

}  // namespace causeway::metrics
