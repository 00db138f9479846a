#include "core/log.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>

#include "core/text.hpp"
#include "core/time.hpp"

namespace causeway::log {
namespace {

struct Sink {
    std::mutex mutex;
    std::function<void(std::string_view)> write;
    std::atomic<Level> level{Level::warning};
};

Sink& sink() {
    static Sink the_sink;
    return the_sink;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            break;
    }
    return "error";
}

}  // namespace

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level < sink().level.load(std::memory_order_relaxed)) return;
    std::string line = "{\"time\":\"" + to_fhir_instant(SystemClock().now()) + "\",\"level\":\"";
    line.append(name_of(level)).append("\",\"event\":\"").append(json_escape(event)).append("\"");
    for (const auto& field : fields) {
        line.append(",\"").append(field.name).append("\":");
        line.append(field.quoted ? '"' + json_escape(field.text) + '"' : field.text);
    }
    line += "}\n";
    const std::lock_guard lock(sink().mutex);
    if (sink().write) return sink().write(line);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void set_level(Level level) {
    sink().level = level;
}

void set_sink(std::function<void(std::string_view)> write) {
    const std::lock_guard lock(sink().mutex);
    sink().write = std::move(write);
}

}  // namespace causeway::log
